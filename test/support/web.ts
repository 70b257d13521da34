import { createHmac } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A request that a test's server got. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Text as it is, anything else as JSON; absent for no answer at all. */
  readonly body?: unknown;
}

/** A server on the loopback that answers as a test says. */
export class WebServer {
  readonly received: Received[] = [];

  private constructor(
    private readonly server: Server,
    readonly url: string,
  ) {}

  static async start(answer: (request: Received) => Answer): Promise<WebServer> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const made = new WebServer(server, `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`);
    server.on("request", (request, response) => {
      let body = "";
      request.on("data", (chunk: Buffer) => (body += chunk.toString()));
      request.on("end", () => {
        const received = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
        made.received.push(received);
        const { status = 200, headers = {}, body: content } = answer(received);
        if (content === undefined) return;
        response.writeHead(status, headers);
        response.end(typeof content === "string" ? content : JSON.stringify(content));
      });
    });
    return made;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** What the webhook of the config was told; a message that it cannot tell to be ours is refused, and is none. */
export class Notified {
  readonly types: string[] = [];

  constructor(private readonly secret: string) {}

  async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const { "webhook-id": id, "webhook-timestamp": sent, "webhook-signature": signature } = request.headers;
    const key = Buffer.from(this.secret.replace("whsec_", ""), "base64");
    const expected = createHmac("sha256", key)
      .update(`${String(id)}.${String(sent)}.${body}`)
      .digest("base64");
    const ours = signature === `v1,${expected}`;
    if (ours) this.types.push((JSON.parse(body) as { type: string }).type.replace("rollout.", ""));
    response.writeHead(ours ? 204 : 401).end();
  }
}

/** Asks `url` the same, and answers what it does. */
export async function passOn(request: IncomingMessage, response: ServerResponse, url: string): Promise<void> {
  const body = await text(request);
  const headers = { "content-type": request.headers["content-type"] ?? "" };
  const answer = await fetch(url, request.method === "POST" ? { method: "POST", headers, body } : {});
  response.writeHead(answer.status, { "content-type": "application/json" }).end(await answer.text());
}
