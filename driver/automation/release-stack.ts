/** How an operation on a stack ended. */
export type Ending =
  | { readonly kind: "done" }
  /** A gate, a policy or the program itself refused: nothing was moved. */
  | { readonly kind: "refused"; readonly why: string }
  /** Another update has the stack. */
  | { readonly kind: "locked"; readonly why: string }
  /** It was told to stop, and did so in order. */
  | { readonly kind: "stopped" }
  | { readonly kind: "failed"; readonly why: string };

/** The stack that a driver works on. */
export interface ReleaseStack {
  readonly name: string;
  /**
   * Sets config values by their paths, all of them or none.
   *
   * @throws Error when the stack's config could not be written.
   */
  declare(values: Readonly<Record<string, string>>): Promise<void>;
  /** Says what an update would do, with the policy packs; does nothing when there are none. */
  preview(signal: AbortSignal): Promise<Ending>;
  /** Brings out what is declared. The message is kept in the stack's history. */
  up(message: string, signal: AbortSignal): Promise<Ending>;
  /**
   * Keeps a short text with the stack in its backend, where it is found without the checkout.
   *
   * @param value at most 256 characters, which is what Pulumi Cloud takes
   * @throws Error when the backend does not take it.
   */
  tag(name: string, value: string): Promise<void>;
}
