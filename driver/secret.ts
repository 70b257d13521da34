import { inspect } from "node:util";
import { type SecretReference } from "../components/model/credential";

/** A credential that does not print itself, whatever prints it. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value, for the one request that needs it. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** `text` without any of the secrets, as they are, in a URL, or in base64 with a user's name before them. */
export function redact(text: string, secrets: readonly Secret[]): string {
  const forms = secrets
    .map((secret) => secret.reveal())
    .filter((value) => value !== "")
    .flatMap((value) => [value, encodeURIComponent(value), Buffer.from(value).toString("base64")])
    .toSorted((one, two) => two.length - one.length);
  return forms.reduce((clean, form) => clean.replaceAll(form, "[secret]"), text);
}

/** Where the values of references come from. */
export interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The config's, by name. */
  readonly credentials: Readonly<Record<string, string>>;
}

/** The value of a reference, or what is missing. */
export function resolveSecret(reference: SecretReference, sources: SecretSources): Secret | string {
  if ("env" in reference) {
    const value = sources.env[reference.env];
    return value ? new Secret(value) : `the environment has no ${reference.env}; export it`;
  }
  const value = sources.credentials[reference.config];
  const path = `credentials.${reference.config}`;
  return value ? new Secret(value) : `the stack's config has no ${path}; run pulumi config set --secret --path ${path}`;
}
