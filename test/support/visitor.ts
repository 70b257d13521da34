import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { sandboxStatus } from "../../sandbox/cluster/access";
import { sandboxPaths } from "../../sandbox/cluster/paths";

const paths = sandboxPaths(join(__dirname, "..", ".."), process.env);

/** What the demo service said. */
export interface Said {
  readonly status: number;
  readonly color: string;
  readonly version: string;
}

/** One user of the service `shop`, with a browser that keeps cookies. */
export class Visitor {
  readonly cookies = new Map<string, string>();

  /** @param cookies those that the user has before the first request. */
  constructor(cookies: Readonly<Record<string, string>> = {}) {
    for (const [name, value] of Object.entries(cookies)) this.cookies.set(name, value);
  }

  /** One request through the ingress controller, on a connection of its own. */
  async ask(headers: Readonly<Record<string, string>> = {}): Promise<Said> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const sent = { host: "shop.localhost", ...headers, ...(cookie !== "" && { cookie }) };
    const asked = request(sandboxStatus(paths).ingress, { headers: sent, agent: false, timeout: 5_000 }).end();
    asked.on("timeout", () => asked.destroy(new Error("no answer within 5 s")));
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    answer.resume();
    await once(answer, "end");
    for (const each of answer.headers["set-cookie"] ?? []) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(each) ?? [];
      this.cookies.set(name, value);
    }
    const said = (name: string): string => String(answer.headers[name] ?? "");
    return { status: answer.statusCode ?? 0, color: said("x-color"), version: said("x-version") };
  }

  /** The colors of this many requests, one after another. */
  async colors(count: number, headers: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
    const colors: string[] = [];
    for (let index = 0; index < count; index += 1) colors.push((await this.ask(headers)).color);
    return colors;
  }
}

/** Tries until it does not throw: a controller takes a moment to read what was written. Throws the last error after 10 s. */
export async function eventually(attempt: () => Promise<void> | void): Promise<void> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
