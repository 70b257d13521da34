import { type RouteSettings } from "./settings";

/** The URL of a host of a route. */
export function urlOf(route: RouteSettings, host: string): string {
  return `${route.tlsSecret === undefined ? "http" : "https"}://${host}${route.path}`;
}
