import { request as overHttp } from "node:http";
import { request as overHttps, type RequestOptions } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import { type HttpAnswer } from "./cluster";

/** More of a body than this is not read. */
const longest = 1_048_576;

/**
 * Asks `path` on the API server with GET, as the kubeconfig says: its authority, client certificate, token and proxy.
 *
 * @throws Error when there is no answer. Any status is one.
 */
export async function getPath(config: KubeConfig, path: string, signal: AbortSignal): Promise<HttpAnswer> {
  const server = config.getCurrentCluster()?.server.replace(/\/+$/, "") ?? "";
  const url = new URL(server + path);
  const options: RequestOptions = { method: "GET", headers: { accept: "*/*" }, signal };
  await config.applyToHTTPSOptions(options);
  const send = url.protocol === "http:" ? overHttp : overHttps;
  return new Promise((resolve, reject) => {
    const request = send(url, options, (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const end = (): void => {
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).subarray(0, longest).toString() });
        request.destroy();
      };
      response.on("data", (chunk: Buffer) => {
        chunks.push(chunk);
        length += chunk.length;
        if (length >= longest) end();
      });
      response.on("end", end);
      response.on("error", reject);
    });
    request.on("error", reject);
    request.end();
  });
}
