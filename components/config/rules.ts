import { RE2JS } from "re2js";

/** Checks of single values. Each gives what is wrong and what would be right, or undefined. */

/** A registry with its port, then elements in lower case: https://pkg.go.dev/github.com/distribution/reference */
const imageName =
  /^((?:[A-Za-z0-9](?:[-A-Za-z0-9.]*[A-Za-z0-9])?|\[[0-9A-Fa-f:]+\])(?::\d+)?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+|\/)[a-z0-9]+)*$/;

/** An image names what it runs by a tag or a digest; `name` alone is whatever `latest` is today. */
export function imageProblem(image: string): string | undefined {
  const [tagged = "", digest] = image.split("@");
  const [, name = "", tag] = /^(.*?)(?::([^:/]*))?$/s.exec(tagged) ?? [];
  if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) {
    return "has a digest that is not sha256: and 64 hex digits";
  }
  if (!imageName.test(name)) return "is no name of an image; write one such as registry.example.com/shop:1.2";
  if (tag === undefined) return digest ? undefined : "has no tag or digest; write name:tag or name@sha256:…";
  return /^\w[\w.-]{0,127}$/.test(tag) ? undefined : "has a tag that is not letters, digits and _.-";
}

/** Older clusters take no other names: https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/ */
export function variableNameProblem(name: string): string | undefined {
  return /^[-._a-zA-Z][-._a-zA-Z0-9]*$/.test(name)
    ? undefined
    : "is no name of a variable; use letters, digits and -._, beginning with no digit";
}

/** A file's name becomes a key: https://kubernetes.io/docs/concepts/configuration/configmap/#configmap-object */
export function filePathProblem(path: string): string | undefined {
  return /^(\/[-._A-Za-z0-9]{1,200})+$/.test(path) && !/\/\.{1,2}(\/|$)/.test(path)
    ? undefined
    : "is no path of a file; write one such as /etc/shop/app.yaml, of letters, digits and ._-";
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
