import { isIP } from "node:net";

/** Who may call, or be called: the pods of a namespace, or addresses; on one port, or on every. */
export type Peer = { readonly port?: number } & ({ readonly namespace: string } | { readonly cidr: string });

const bits: Readonly<Record<number, number>> = { 4: 32, 6: 128 };

/** The peer that `text` says, or undefined when it says none: `"ingress"`, `"10.0.0.0/8"`, `"monitoring:9090"`. */
export function parsePeer(text: string): Peer | undefined {
  const [, place = "", digits] = /^(.+?)(?::(\d+))?$/.exec(text) ?? [];
  const port = digits === undefined ? undefined : Number(digits);
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined;
  const onPort = port === undefined ? {} : { port };
  const range = /^(.+)\/(\d+)$/.exec(place);
  if (range !== null) {
    const [, address = "", prefix] = range;
    const known = Number(prefix) <= (bits[isIP(address)] ?? -1);
    return known ? { cidr: place, ...onPort } : undefined;
  }
  return /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(place) ? { namespace: place, ...onPort } : undefined;
}
