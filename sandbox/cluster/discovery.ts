import { createServer } from "node:http";
import { get } from "node:https";
import { z } from "zod";
import { network } from "./network";

const podsSchema = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        namespace: z.string(),
        labels: z.record(z.string(), z.string()).default({}),
      }),
      spec: z.object({
        containers: z.array(z.object({ ports: z.array(z.object({ containerPort: z.number() })).default([]) })),
      }),
      status: z.object({ phase: z.string().optional(), podIP: z.string().optional() }),
    }),
  ),
});

/** One target of Prometheus with its labels: https://prometheus.io/docs/prometheus/latest/http_sd */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** The running pods of both colors in a list of pods, each at its container's first port. */
export function targetsOf(pods: unknown): TargetGroup[] {
  return podsSchema.parse(pods).items.flatMap(({ metadata, spec, status }) => {
    const color = metadata.labels["cyan.dev/color"];
    const port = spec.containers[0]?.ports[0]?.containerPort;
    if (color === undefined || port === undefined || status.podIP === undefined || status.phase !== "Running")
      return [];
    const service = metadata.labels["app.kubernetes.io/name"] ?? "";
    const labels = { namespace: metadata.namespace, pod: metadata.name, service, color };
    return [{ targets: [`${status.podIP}:${String(port)}`], labels }];
  });
}

/**
 * Tells Prometheus on the loopback which pods there are. Not every distribution builds Prometheus with its own
 * discovery of pods; each of them asks over HTTP.
 */
export function serveTargets(token: string): void {
  createServer((_, response) => {
    listPods(token).then(
      (pods) => {
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(targetsOf(pods)));
      },
      (error: unknown) => {
        // Prometheus keeps the targets that it has, and tells in its log what it was told.
        response.writeHead(503).end(error instanceof Error ? error.message : String(error));
      },
    );
  }).listen(network.discoveryPort, "127.0.0.1");
}

function listPods(token: string): Promise<unknown> {
  const url = `https://127.0.0.1:${String(network.apiPort)}/api/v1/pods?labelSelector=cyan.dev%2Fcolor`;
  // The API server signs its own certificate at its start, and the loopback is the cluster's own.
  const options = { headers: { authorization: `Bearer ${token}` }, rejectUnauthorized: false, timeout: 2_000 };
  return new Promise((resolve, reject) => {
    const request = get(url, options, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => {
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`the API server answered ${String(response.statusCode)}`));
      });
    });
    request.on("timeout", () => request.destroy(new Error("the API server did not answer")));
    request.on("error", reject);
  });
}
