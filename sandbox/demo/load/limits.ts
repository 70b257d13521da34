import { SandboxError } from "../../report";

/** What one run of the load generator may be told to do. */
export const limits = { rate: 5_000, count: 1_000_000, seconds: 7_200 } as const;

/**
 * Refuses a load that is not bounded, or not on this machine.
 *
 * @param anywhere whether the user named the place himself, and so answers for it.
 * @throws SandboxError saying what is allowed.
 */
export function assertAllowed(load: { origin: string; rate: number; count: number }, anywhere: boolean): void {
  const { hostname, protocol } = new URL(load.origin);
  if (protocol !== "http:") throw new SandboxError(`${load.origin}: the load generator speaks plain http`);
  if (!anywhere && !["127.0.0.1", "localhost", "[::1]"].includes(hostname)) {
    throw new SandboxError(`${hostname} is not this machine; the load goes to the loopback only`);
  }
  if (!(load.rate > 0 && load.rate <= limits.rate)) {
    throw new SandboxError(`a rate of ${load.rate} requests/s; choose one up to ${limits.rate}`);
  }
  if (!(load.count > 0 && load.count <= limits.count)) {
    throw new SandboxError(`${load.count} requests in all; send at most ${limits.count}`);
  }
  const seconds = load.count / load.rate;
  if (seconds > limits.seconds) {
    throw new SandboxError(`a load of ${Math.ceil(seconds)} seconds; it may last ${limits.seconds}`);
  }
}
