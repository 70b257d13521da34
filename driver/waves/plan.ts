import { parseDuration } from "../../components/model/duration";
import { UserError } from "../invocation";

/** Stacks that are released one after the other. */
export interface WavesPlan {
  /** In the order in which they are released. */
  readonly stacks: readonly string[];
  /** How many are released at the same time: a wave. */
  readonly concurrency: number;
  /** Seconds from the end of a wave to the next. */
  readonly soak: number;
}

/** What `cyan rollout` was told of waves on its command line. */
export interface WavesOptions {
  readonly stack?: string;
  /** Names, with commas. */
  readonly stacks?: string;
  readonly concurrency?: string;
  readonly soak?: string;
}

/**
 * The waves of a command line; undefined when it is about one stack.
 *
 * @throws UserError for the first option that is wrong, with what would be right.
 */
export function planWaves({ stack, stacks, concurrency, soak }: WavesOptions): WavesPlan | undefined {
  if (stacks === undefined) {
    const [lone] = [concurrency && "--concurrency", soak && "--soak"].filter((option) => option !== undefined);
    if (lone !== undefined) throw new UserError(`${lone} goes with --stacks, such as --stacks eu,us,ap`);
    return undefined;
  }
  if (stack !== undefined) throw new UserError("--stack and --stacks exclude each other");
  const named = stacks.split(",").map((name) => name.trim());
  const wrong = named.find((name, index) => name === "" || named.indexOf(name) !== index);
  if (wrong !== undefined) {
    const what = wrong === "" ? "one has no name" : `${wrong} is there twice`;
    throw new UserError(`--stacks ${stacks}: ${what}; write their names with commas, such as eu,us,ap`);
  }
  if (concurrency !== undefined && !/^[1-9]\d*$/.test(concurrency)) {
    throw new UserError(`--concurrency ${concurrency}: write how many stacks are released at the same time, such as 1`);
  }
  const pause = soak === undefined ? { seconds: 0 } : parseDuration(soak);
  if (pause === undefined) throw new UserError(`--soak ${soak ?? ""}: write a duration such as 30s, 10m or 1h`);
  return { stacks: named, concurrency: Number(concurrency ?? 1), soak: pause.seconds };
}
