import { RE2JS } from "re2js";

/** Checks of single values. Each gives what is wrong and what would be right, or undefined. */

/** A quantity of Kubernetes: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export const quantityPattern = /^\d+(\.\d+)?([munkMGTPE]|[KMGTPE]i|[eE]-?\d+)?$/;

/** An image names what it runs by a tag or a digest; `name` alone is whatever `latest` is today. */
export function imageProblem(image: string): string | undefined {
  if (/\s/.test(image)) return "has a space in it";
  const [name = "", digest] = image.split("@");
  if (digest !== undefined) {
    return /^sha256:[0-9a-f]{64}$/.test(digest) ? undefined : "has a digest that is not sha256: and 64 hex digits";
  }
  const last = name.split("/").at(-1) ?? "";
  const tag = /^[^:]+:([\w][\w.-]{0,127})$/.exec(last);
  return tag === null ? "has no tag or digest; write name:tag or name@sha256:…" : undefined;
}

/** nginx drops headers with an underscore unless it is told not to, and a token has no other characters. */
export function headerNameProblem(name: string): string | undefined {
  return /^[A-Za-z0-9-]+$/.test(name) ? undefined : "has characters that nginx drops; use letters, digits and -";
}

/** A cookie's name is a token: https://www.rfc-editor.org/rfc/rfc6265#section-4.1.1 */
export function cookieNameProblem(name: string): string | undefined {
  return /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) ? undefined : "is no name of a cookie";
}

/** Traefik matches by RE2 and drops a route whose pattern RE2 does not know; ingress-nginx takes all of RE2. */
export function patternProblem(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (error) {
    return `is no RE2 pattern (${error instanceof Error ? error.message : String(error)}); RE2 has no lookaround and no backreference`;
  }
}
