import { join } from "node:path";
import { stringify } from "yaml";
import { type ClusterConfig, tool } from "./config";
import { http } from "./checks";
import { network } from "./network";
import { type ProcessSpec } from "./processes";

const address = `127.0.0.1:${String(network.prometheusPort)}`;

/** Prometheus' config: Traefik, and every pod of a color, each second. */
export function prometheusYaml(): string {
  return stringify({
    global: { scrape_interval: "1s", scrape_timeout: "1s", evaluation_interval: "1h" },
    scrape_configs: [
      {
        job_name: "traefik",
        // The controller's own labels are what its metrics are told apart by.
        honor_labels: true,
        static_configs: [{ targets: [`127.0.0.1:${String(network.traefikPort)}`] }],
      },
      {
        job_name: "pods",
        http_sd_configs: [{ url: `http://127.0.0.1:${String(network.discoveryPort)}`, refresh_interval: "2s" }],
      },
    ],
  });
}

/** The Prometheus that sees the ingress controller and the pods of both colors. */
export function prometheus(config: ClusterConfig, configFile: string): ProcessSpec {
  return {
    name: "prometheus",
    argv: [
      tool(config, "prometheus"),
      `--config.file=${configFile}`,
      `--storage.tsdb.path=${join(config.root, "prometheus")}`,
      "--storage.tsdb.retention.time=6h",
      `--web.listen-address=${address}`,
      "--log.level=warn",
    ],
    ready: http(`http://${address}/-/ready`),
  };
}
