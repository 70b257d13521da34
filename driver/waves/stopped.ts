import { type Lease, type Leases } from "../../components/live/leases";
import { type Stopped, stoppedSchema } from "./state";

const annotation = "cyan.dev/waves";

/** Why waves were stopped, as the Lease of one of their stacks has it; undefined when it does not. */
export function stoppedOn(lease: Lease | undefined): Stopped | undefined {
  const text = lease?.annotations[annotation];
  return text === undefined ? undefined : stoppedSchema.parse(JSON.parse(text));
}

/** Keeps on the Lease of a stack why it is to be taken back, so that whoever runs the command again knows. */
export async function keepStopped(leases: Leases, name: string, stopped: Stopped): Promise<void> {
  for (;;) {
    const lease = await leases.read(name);
    if (lease === undefined) return;
    const annotations = { ...lease.annotations, [annotation]: JSON.stringify(stopped) };
    if ((await leases.write(name, { ...lease, annotations })) !== undefined) return;
  }
}
