import { type Traffic } from "../../components/model/traffic";

/**
 * What a driver has to do, in order. Each can be done again after a crash, in part or in whole, without harm: they name
 * where to arrive, never how far to go.
 */
export type Effect =
  /** End the running update, watch or wait, and wait for its end. */
  | { readonly kind: "stop" }
  /** Declare the traffic, and bring it out with one update. Gives `moved`, `refused` or `failed`. */
  | { readonly kind: "move"; readonly traffic: Traffic }
  /** Watch for `seconds`. Gives `judged`. */
  | { readonly kind: "soak"; readonly seconds: number }
  /** Wait for a person, and go on watching. Gives `timed-out`, or `judged` when the release fails meanwhile. */
  | { readonly kind: "wait"; readonly seconds?: number }
  /** Lead live requests back at once, then make the stack say so. Gives `restored` or `not-restored`. */
  | { readonly kind: "restore"; readonly traffic: Traffic };
