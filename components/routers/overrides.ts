import { type CanarySettings } from "../model/settings";

/** A header by which a request goes to a color whatever the weight is. */
export interface Override {
  readonly to: "active" | "idle";
  readonly header: string;
  readonly match: { readonly exact: string } | { readonly pattern: string };
}

/**
 * The headers that choose a color, in the order in which they are tried; what ingress-nginx means by its annotations. A
 * cookie is looked for in the Cookie header. A pattern is one that means the same whether it has to match the whole value
 * or a part of it: routers differ in that.
 */
export function overridesOf({ header, headerValue, headerPattern, cookie }: CanarySettings): Override[] {
  return [...(header === undefined ? [] : byHeader(header, headerValue, headerPattern)), ...byCookie(cookie)];
}

function byHeader(header: string, value: string | undefined, pattern: string | undefined): Override[] {
  if (value !== undefined) return [{ to: "idle", header, match: { exact: value } }];
  if (pattern !== undefined) return [{ to: "idle", header, match: { pattern: `.*(?:${pattern}).*` } }];
  return [
    { to: "idle", header, match: { exact: "always" } },
    { to: "active", header, match: { exact: "never" } },
  ];
}

function byCookie(cookie: string | undefined): Override[] {
  if (cookie === undefined) return [];
  const name = cookie.replace(/[$*+.^|]/g, "\\$&");
  const pattern = (value: string): string => `^(?:.*;\\s*)?${name}=${value}(?:\\s*;.*)?$`;
  return [
    { to: "idle", header: "Cookie", match: { pattern: pattern("always") } },
    { to: "active", header: "Cookie", match: { pattern: pattern("never") } },
  ];
}
