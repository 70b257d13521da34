import { type RolloutEvent, type RolloutReporter } from "../rollout/report";

/** Something that is told what happens in a rollout, and must neither fail nor delay it. */
export interface Observer {
  /** Takes note of an event. Never throws, and waits for nothing. */
  tell(event: RolloutEvent): void;
  /** Gets out what has not gone out yet, in a few seconds or not at all. Never rejects. */
  close(): Promise<void>;
}

/** One that keeps nothing back. */
export function immediate(tell: RolloutReporter): Observer {
  return { tell, close: () => Promise.resolve() };
}

/** Several of them as one. */
export function together(observers: readonly Observer[]): Observer {
  return {
    tell(event) {
      for (const observer of observers) observer.tell(event);
    },
    async close() {
      await Promise.all(observers.map((observer) => observer.close()));
    },
  };
}
