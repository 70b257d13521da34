import { get as httpGet } from "node:http";
import { get as httpsGet } from "node:https";
import { connect } from "node:net";

/** Whether a process does its work; never throws. */
export type Check = () => Promise<boolean>;

const timeout = 2_000;

/** Holds when `url` answers 200. */
export function http(url: string): Check {
  return () => answers(httpGet(url, { timeout }));
}

/**
 * Holds when `url` answers 200. The certificate is not checked: each component signs its own at its start, and the check
 * goes to the loopback of the cluster's own network namespace.
 */
export function https(url: string, token?: string): Check {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return () => answers(httpsGet(url, { timeout, headers, rejectUnauthorized: false }));
}

/** Holds when something listens on a Unix socket. */
export function unixSocket(path: string): Check {
  return () =>
    new Promise((resolve) => {
      const socket = connect(path);
      socket.on("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.on("error", () => {
        resolve(false);
      });
    });
}

function answers(request: ReturnType<typeof httpGet>): Promise<boolean> {
  return new Promise((resolve) => {
    request.on("response", (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on("timeout", () => request.destroy());
    request.on("error", () => {
      resolve(false);
    });
  });
}

/** Resolves when `check` holds. Asked again every 50 ms; rejects with the signal's reason when that fires first. */
export async function until(check: Check, signal: AbortSignal): Promise<void> {
  while (!(await check())) {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
