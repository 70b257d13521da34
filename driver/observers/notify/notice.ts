import { type Color } from "../../../components/model/color";
import { textOf } from "../../rollout/plain-lines";
import { type RolloutEvent } from "../../rollout/report";

/** Which rollout is told of. */
export interface Subject {
  readonly stack: string;
  readonly rollout: string;
  readonly from: Color;
  readonly to: Color;
  /** Who began it. */
  readonly by: string;
}

/** How it looks to whoever reads it: a success, something that is wrong, something to do, or no more than news. */
export type Tone = "good" | "bad" | "attention" | "plain";

/** An event as others are told of it. */
export interface Notice {
  /** Of this notice alone, however often it is sent. */
  readonly id: string;
  readonly at: Date;
  readonly subject: Subject;
  readonly event: RolloutEvent;
  /** For people: without the stack and the rollout. */
  readonly text: string;
  readonly tone: Tone;
}

/** Chats take a few thousand characters; a refusal by many policies may be longer. */
const longestText = 2_000;

/** Undefined for an event that there is nothing to say of. */
export function noticeOf(event: RolloutEvent, subject: Subject, id: string, at: Date): Notice | undefined {
  const text = textOf(event);
  if (text === undefined) return undefined;
  const cut = text.length > longestText ? `${text.slice(0, longestText)} …` : text;
  return { id, at, subject, event, text: cut, tone: toneOf(event) };
}

function toneOf(event: RolloutEvent): Tone {
  switch (event.event) {
    case "ended":
      return event.outcome === "promoted" ? "good" : "bad";
    case "judged":
      return event.verdict === "fail" ? "bad" : "plain";
    case "restoring":
      return "bad";
    case "waiting":
    case "warning":
      return "attention";
    default:
      return "plain";
  }
}

/** The rollout in words, for below the text. */
export function subjectText({ rollout, from, to, by }: Subject): string {
  return `rollout ${rollout} from ${from} to ${to}, by ${by}`;
}
