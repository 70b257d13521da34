import pc from "picocolors";

/** What a long command tells its user while it works. */
export type Progress =
  | { readonly event: "step"; readonly text: string }
  | { readonly event: "progress"; readonly text: string; readonly done: number; readonly total: number }
  /** How things stand now; only a terminal shows each. */
  | { readonly event: "status"; readonly text: string }
  | { readonly event: "warning"; readonly text: string }
  | { readonly event: "done"; readonly text: string };

export type Reporter = (progress: Progress) => void;

/** A mistake of the user, or a limit of the machine: told in one message, without a stack. */
export class SandboxError extends Error {
  override readonly name = "SandboxError";
}

/** One JSON object a line, for machines. */
export function jsonReporter(write: (line: string) => void, now: () => Date): Reporter {
  return (progress) => {
    write(`${JSON.stringify({ time: now().toISOString(), ...progress })}\n`);
  };
}

/**
 * Lines for people. On a terminal a line of progress or status is rewritten in place; elsewhere progress is printed again
 * only when a tenth of the work was done since, and status not at all, so that a log stays short.
 */
export function textReporter(stream: NodeJS.WriteStream): Reporter {
  let open = false;
  let told = -1;
  const line = (text: string): void => {
    stream.write(`${open ? "\r\u001b[K" : ""}${text}\n`);
    open = false;
  };
  const rewrite = (text: string): void => {
    stream.write(`\r\u001b[K${pc.dim(text.slice(0, stream.columns - 1))}`);
    open = true;
  };
  return (progress) => {
    if (progress.event === "status") {
      if (stream.isTTY) rewrite(progress.text);
      return;
    }
    if (progress.event !== "progress") {
      told = -1;
      line(progress.event === "warning" ? pc.yellow(progress.text) : progress.text);
      return;
    }
    const percent = Math.floor((100 * progress.done) / Math.max(1, progress.total));
    const text = `${progress.text} ${percent} %`;
    if (stream.isTTY) rewrite(text);
    else if (Math.floor(percent / 10) !== told) {
      told = Math.floor(percent / 10);
      line(text);
    }
  };
}
