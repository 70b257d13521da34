import { capacityGate } from "./capacity";
import { type Gate, type GateAnswer, type GateArgs } from "./gate";
import { httpGate } from "./http";
import { jobGate } from "./job";

/** Every gate, in the order in which they are asked: each gives undefined when the transition does not concern it. */
const makers: readonly ((args: GateArgs) => Gate | undefined)[] = [capacityGate, httpGate, jobGate];

/** The gates that a transition has to pass; none when it gives no color more than it has. */
export function gatesOf(args: GateArgs): readonly Gate[] {
  return makers.flatMap((make) => make(args) ?? []);
}

/** What each gate says now, without waiting and without changing anything. */
export function answersNow(gates: readonly Gate[]): Promise<readonly GateAnswer[]> {
  return Promise.all(gates.map((gate) => gate.now()));
}

/**
 * Resolves when every gate has held, one after another.
 *
 * @throws GateError of the first that does not.
 */
export async function passAll(gates: readonly Gate[]): Promise<void> {
  for (const gate of gates) await gate.pass();
}
