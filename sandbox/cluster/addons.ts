import { type AddonName } from "../toolchain/addons";
import { type Addon } from "./addon";
import { http } from "./checks";
import { tool } from "./config";
import { istio } from "./istio";
import { network } from "./network";
import { files } from "./processes";

export const addons: Readonly<Record<AddonName, Addon>> = {
  "argo-rollouts": {
    role: "argo-rollouts",
    objects: ["argo-rollouts.yaml", "argo-rollouts-role.yaml"],
    processes: (config) => [
      {
        name: "argo-rollouts",
        argv: [
          tool(config, "rollouts-controller"),
          `--kubeconfig=${files(config).kubeconfigOf("argo-rollouts")}`,
          `--healthzPort=${String(network.argoHealthPort)}`,
          `--metricsPort=${String(network.argoMetricsPort)}`,
          "--leader-elect=false",
        ],
        ready: http(`http://127.0.0.1:${String(network.argoHealthPort)}/healthz`),
      },
    ],
  },
  flagger: {
    role: "flagger",
    objects: ["flagger.yaml", "flagger-role.yaml"],
    processes: (config) => [
      {
        name: "flagger",
        argv: [
          tool(config, "flagger"),
          `-kubeconfig=${files(config).kubeconfigOf("flagger")}`,
          `-port=${String(network.flaggerPort)}`,
          `-metrics-server=http://127.0.0.1:${String(network.prometheusPort)}`,
          "-mesh-provider=nginx",
          // How soon it sees a Canary that was written; its analysis has an interval of its own.
          "-control-loop-interval=1s",
          "-log-level=info",
        ],
        ready: http(`http://127.0.0.1:${String(network.flaggerPort)}/healthz`),
      },
      {
        // It answers /gate/approve and /gate/halt, which a Canary's confirmations can ask.
        name: "flagger-loadtester",
        argv: [tool(config, "flagger-loadtester"), `-port=${String(network.loadtesterPort)}`, "-log-level=info"],
        ready: http(`http://127.0.0.1:${String(network.loadtesterPort)}/healthz`),
      },
    ],
  },
  istio,
};
