import { type Clock } from "../clock";
import { exitCodes, type Invocation, UserError } from "../invocation";
import { ask } from "../rollout/ask";
import { viewOf } from "../rollout/lease";
import { begin, next } from "../rollout/next";
import { decided } from "../rollout/request";
import { type Decide, run } from "../rollout/run";
import { type Session } from "../rollout/session";
import { began, tookOver } from "../rollout/start";
import { firstState, isPromoted, type RolloutState } from "../rollout/state";
import { messageOf } from "../rollout/work";
import { type WavesTools } from "./drive";
import { planFor, type WavesArgs } from "./args";
import { type WavesInput, type WavesState } from "./state";
import { keepStopped } from "./stopped";

/** How often a cluster is asked before it counts as gone. */
const tries = 3;
/** From one try to the next, in milliseconds. */
const pause = 2_000;

interface StackToolsArgs extends WavesArgs {
  /** Of the rollouts of all stacks. */
  readonly id: string;
  readonly clock: Clock;
  /** The stacks as they were at the beginning: their Leases are at hand. */
  readonly known: ReadonlyMap<string, Pick<Session, "leases" | "leaseName">>;
  /** Reads a stack as it is now. */
  readonly open: (stack: string) => Promise<Session>;
}

/** The stacks of the waves, each by a session of its own that is opened when it is its turn. */
export class StackTools implements WavesTools {
  readonly clock: Clock;
  readonly report: WavesTools["report"];
  /** The rollouts that run here. */
  private readonly running = new Map<string, Session>();
  /** Those that are to take their release back, and must not begin one. */
  private readonly stopped = new Set<string>();

  constructor(private readonly args: StackToolsArgs) {
    this.clock = args.clock;
    this.report = args.report.waves;
  }

  async roll(stack: string): Promise<WavesInput> {
    const failed = (standing: "waiting" | "rolling", why: string, code: number): WavesInput => {
      return { kind: "failed", stack, standing, why, code };
    };
    const begun = { yet: false };
    try {
      const session = await this.args.open(stack);
      this.running.set(stack, session);
      const decide: Decide = (kept) => {
        if (this.stopped.has(stack)) return undefined;
        const chosen = this.chosen(kept, session);
        begun.yet = true;
        return chosen;
      };
      const { state, code } = await this.driven(stack, session, decide);
      if (state !== undefined) return outcomeOf(stack, state, code);
      return failed("waiting", this.stopped.has(stack) ? "it was told to stop" : "another driver holds it", code);
    } catch (error) {
      const code = error instanceof UserError ? exitCodes.usage : exitCodes.failed;
      return failed(begun.yet ? "rolling" : "waiting", this.problem(error), code);
    } finally {
      this.running.delete(stack);
    }
  }

  /** A rollout that has not taken its Lease yet cannot be told: it does not begin, or is told when it has. */
  async abort(stack: string, state: WavesState): Promise<void> {
    this.stopped.add(stack);
    await this.keep(stack, state);
    const { clock, invocation } = this.args;
    for (;;) {
      const session = this.running.get(stack);
      if (session === undefined) return;
      const { leases, leaseName: name, holder, user } = session;
      const by = `${user}, for another stack failed`;
      if (await ask({ kind: "abort", by }, { leases, name, holder, clock, signal: invocation.signal })) return;
      await clock.sleep(pause / 10, invocation.signal);
    }
  }

  async takeBack(stack: string, state: WavesState): Promise<WavesInput> {
    await this.keep(stack, state);
    try {
      const session = await this.args.open(stack);
      const { activeColor } = session.stack.settings.traffic;
      const byHand = { done: false };
      const decide: Decide = (kept) => {
        if (kept?.id !== this.args.id) return undefined;
        byHand.done = isPromoted(kept) && activeColor !== kept.plan.to;
        return byHand.done ? undefined : decided(kept, "rollback", session);
      };
      const { state: ended } = await this.driven(stack, session, decide);
      const restored = byHand.done || (ended?.phase.kind === "ended" && ended.phase.outcome === "restored");
      return { kind: "taken-back", stack, standing: restored ? "restored" : "stuck" };
    } catch (error) {
      this.args.invocation.stderr.write(`error: stack ${stack} could not be taken back: ${this.problem(error)}\n`);
      return { kind: "taken-back", stack, standing: "stuck" };
    }
  }

  async left(stack: string): Promise<string | undefined> {
    const { clock, id, invocation } = this.args;
    for (let attempt = 1; ; attempt++) {
      try {
        const { leases, leaseName } = await this.args.open(stack);
        const lease = await leases.read(leaseName);
        const state = lease && viewOf(lease).state;
        if (state?.id !== id) return "another rollout has moved it since";
        return isPromoted(state) ? undefined : "it was taken back meanwhile";
      } catch (error) {
        const why = this.problem(error);
        if (attempt === tries) return `it cannot be asked: ${why}`;
        await clock.sleep(pause, invocation.signal);
      }
    }
  }

  /** Keeps on the stack's Lease why it is to be taken back: that needs no more than the Lease, and is done at once. */
  private async keep(stack: string, { failure, standings }: WavesState): Promise<void> {
    const { known, id, invocation } = this.args;
    const at = known.get(stack);
    if (at === undefined || failure === undefined) return;
    try {
      await keepStopped(at.leases, at.leaseName, { id, failure, standings });
    } catch (error) {
      invocation.stderr.write(`warning: stack ${stack} does not know why it is taken back: ${this.problem(error)}\n`);
    }
  }

  /** A rollout with an exit code of its own. */
  private async driven(stack: string, session: Session, decide: Decide) {
    const invocation: Invocation = { ...this.args.invocation, exitCode: exitCodes.done };
    const state = await run({ session, decide, reporter: this.args.report.stack(stack), invocation });
    return { state, code: invocation.exitCode };
  }

  /** Goes on with the stack's part of these waves, or begins it. */
  private chosen(kept: RolloutState | undefined, session: Session): ReturnType<Decide> {
    if (kept !== undefined && kept.phase.kind !== "ended") {
      if (kept.id !== this.args.id)
        throw new UserError(`stack ${session.stack.name}: rollout ${kept.id} is not finished`);
      return { start: next(kept, { kind: "took-over", then: "continue" }), event: tookOver(kept) };
    }
    const plan = planFor(session, this.args);
    return { start: begin(firstState(this.args.id, plan)), event: began(plan) };
  }

  /** What went wrong, in words; where it is no mistake of the user's, with its stack on standard error. */
  private problem(error: unknown): string {
    const { signal, stderr } = this.args.invocation;
    if (signal.aborted) throw error;
    if (!(error instanceof UserError) && error instanceof Error) stderr.write(`${error.stack ?? error.message}\n`);
    return messageOf(error);
  }
}

function outcomeOf(stack: string, { phase }: RolloutState, code: number): WavesInput {
  if (phase.kind !== "ended") throw new Error(`${stack}: its rollout ended in the phase ${phase.kind}`);
  if (phase.outcome === "promoted") return { kind: "promoted", stack };
  return { kind: "failed", stack, standing: phase.outcome, why: phase.cause?.why ?? phase.outcome, code };
}
