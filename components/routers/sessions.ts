import { type Color } from "../model/color";

/** The cookie of the sessions that begin while `active` is the active color: a flip is for everyone. */
export function sessionCookie(cookie: string, active: Color): string {
  return `${cookie}-${active}`;
}
