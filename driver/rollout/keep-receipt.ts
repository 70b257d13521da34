import { type Clock } from "../clock";
import { type RolloutLease } from "./lease";
import { noted, type Receipt } from "./receipt";
import { newReceipt, parseReceipt, writeReceipt } from "./receipt-store";
import { type RolloutEvent } from "./report";
import { type Session } from "./session";
import { type RolloutState } from "./state";
import { messageOf } from "./work";

interface KeepArgs {
  readonly state: RolloutState;
  readonly lease: RolloutLease;
  readonly session: Session;
  readonly clock: Clock;
  /** Told once when the checkout does not take it, which is no reason to leave a release where it is. */
  readonly warn: (text: string) => void;
}

/** The receipt of a rollout: kept in the checkout at each event, and beside the state with the Lease's next write. */
export async function keepReceipt({ state, lease, session, clock, warn }: KeepArgs) {
  let receipt: Receipt = parseReceipt(lease.receipt, state.id) ?? (await newReceipt(state, session, clock));
  let warned = false;
  return {
    current: (): Receipt => receipt,
    note(event: RolloutEvent): void {
      receipt = noted(receipt, event, new Date(clock.now()));
      lease.receipt = JSON.stringify(receipt);
      try {
        writeReceipt(receipt);
      } catch (error) {
        if (!warned) warn(`the receipt could not be written to the checkout: ${messageOf(error)}`);
        warned = true;
      }
    },
  };
}
