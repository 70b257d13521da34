import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo } from "node:net";

export type Answerer = (request: IncomingMessage, response: ServerResponse, index: number) => void;

/** An HTTP server on the loopback. */
export interface Server {
  readonly origin: string;
  /** How many requests it was sent. */
  readonly requests: () => number;
  readonly close: () => void;
}

/** Serves as `answer` says, which is told how many requests came before. */
export async function serve(answer: Answerer): Promise<Server> {
  let requests = 0;
  const server = createServer((request, response) => {
    answer(request, response, requests++);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = (): void => {
    server.close();
    server.closeAllConnections();
  };
  return { origin: `http://127.0.0.1:${port}`, requests: () => requests, close };
}

/** Answers as the service of one color does. */
export function answerAs(color: string, response: ServerResponse, status = 200): void {
  response.writeHead(status, { "x-color": color }).end(color);
}
