/** Where a credential is: a variable of the environment, or one of the config's `credentials`. Never the value itself. */
export type SecretReference = { readonly env: string } | { readonly config: string };
