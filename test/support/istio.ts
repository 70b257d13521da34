import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { entrance } from "../../sandbox/cluster/access";
import { network } from "../../sandbox/cluster/network";
import { sandboxPaths } from "../../sandbox/cluster/paths";
import { type Changes, type EmbeddedStack } from "./embedded-stack";
import { type Way } from "./measured-traffic";

const paths = sandboxPaths(join(__dirname, "..", ".."), process.env);

/** How requests come in at the ingress gateway. */
export const atGateway: Way = { origin: `http://127.0.0.1:${network.istioPort}` };
/** The Gateway of either kind that routes hang on there. */
export const edge: Changes = { "ingress.gateway": "istio-system/edge" };

/** How a caller inside the mesh calls the Service of the name `shop`: by its sidecar. */
export const insideMesh: Way = { origin: `http://127.0.0.1:${network.meshedPort}`, host: "shop.cyan-dev" };
/** A port that the sidecar can have on the loopback, and no way in from outside. */
export const meshed: Changes = {
  ...{ ingress: undefined, previewHost: undefined },
  "services.shop.port": network.meshedPort,
};

interface PodList {
  readonly items: readonly { readonly metadata: { readonly name: string; readonly deletionTimestamp?: string } }[];
}

/** What the gateway's Envoy says of itself at a path of its administration interface. */
export function envoySays(path: string): string {
  const url = `http://127.0.0.1:${network.istioAdminPort}${path}`;
  const script = `fetch(${JSON.stringify(url)}).then(async (answer) => process.stdout.write(await answer.text()))`;
  const [command = "", ...args] = entrance(paths).wrap([process.execPath, "-e", script]);
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** How often the gateway's Envoy counted something of what it sent to a color of the service `shop`. */
export function envoyCount(color: string, counter: string): number {
  const name = `cluster.outbound|80||shop-${color}.cyan-dev.svc.cluster.local`;
  const lines = envoySays(`/stats?filter=${encodeURIComponent(`shop-${color}.*${counter}$`)}`).split("\n");
  const line = lines.find((each) => each.startsWith(name)) ?? assert.fail(`no ${counter} in ${lines.join(" ")}`);
  return Number(/: (\d+)$/.exec(line)?.[1]);
}

/** How many requests the pods of a color have answered since they began, those that are ending aside. */
export function answeredBy(stack: EmbeddedStack, color: string): number {
  const pods = JSON.parse(stack.kubectl("get", "pods", "-l", `cyan.dev/color=${color}`, "-o", "json")) as PodList;
  const serving = pods.items.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const counts = serving.flatMap(({ metadata: { name } }) => {
    const metrics = stack.kubectl("get", "--raw", `/api/v1/namespaces/cyan-dev/pods/${name}:8080/proxy/metrics`);
    return [...metrics.matchAll(/^http_requests_total\{.*\} (\d+)$/gm)].map(([, count]) => Number(count));
  });
  return counts.reduce((sum, count) => sum + count, 0);
}
