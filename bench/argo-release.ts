import { type BenchStack } from "./release-stack";

const name = "argo";
const namespace = "cyan-bench-argo";
const labels = { app: name };
const probe = { httpGet: { path: "/readyz", port: 8080 }, periodSeconds: 1, timeoutSeconds: 1 };

/** The host that its Ingress leads to it. */
export const argoHost = "argo.localhost";

function service(of: "stable" | "canary"): object {
  const spec = { selector: labels, ports: [{ port: 80, targetPort: 8080 }] };
  return { apiVersion: "v1", kind: "Service", metadata: { name: `${name}-${of}`, namespace }, spec };
}

const ingress = {
  apiVersion: "networking.k8s.io/v1",
  kind: "Ingress",
  metadata: { name, namespace },
  spec: {
    ingressClassName: "nginx",
    rules: [
      {
        host: argoHost,
        http: {
          paths: [
            { path: "/", pathType: "Prefix", backend: { service: { name: `${name}-stable`, port: { number: 80 } } } },
          ],
        },
      },
    ],
  },
};

/** A Rollout of as many pods of the same program as the stack's release has, that stops at half of the requests. */
function rollout(color: "blue" | "green"): object {
  const container = {
    name,
    image: "cyan.local/demo:v1",
    imagePullPolicy: "Never",
    env: [{ name: "COLOR", value: color }],
    readinessProbe: probe,
    lifecycle: { preStop: { sleep: { seconds: 5 } } },
  };
  const canary = {
    stableService: `${name}-stable`,
    canaryService: `${name}-canary`,
    trafficRouting: { nginx: { stableIngress: name } },
    steps: [{ setWeight: 50 }, { pause: {} }],
  };
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Rollout",
    metadata: { name, namespace },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { terminationGracePeriodSeconds: 15, containers: [container] } },
      strategy: { canary },
    },
  };
}

/** A release of Argo Rollouts beside the stack's, on the same ingress controller. */
export class ArgoRelease {
  constructor(private readonly stack: BenchStack) {}

  async up(): Promise<void> {
    const around = { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } };
    await this.apply(around, service("stable"), service("canary"), ingress);
    await this.serve();
  }

  /** Declares what serves; an aborted release is over with that. */
  async serve(): Promise<void> {
    await this.apply(rollout("blue"));
    await this.until("Healthy");
  }

  /** Brings green out, until it has half of the requests. */
  async release(): Promise<void> {
    await this.apply(rollout("green"));
    await this.until("Paused");
  }

  abort(): Promise<void> {
    return this.stack.runBeside(["kubectl", "argo", "rollouts", "abort", name, "--namespace", namespace]);
  }

  remove(): void {
    this.stack.run("kubectl", "delete", "namespace", namespace, "--ignore-not-found");
  }

  private apply(...objects: readonly object[]): Promise<void> {
    const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    return this.stack.runBeside(["kubectl", "apply", "--server-side", "--force-conflicts", "-f", "-"], list);
  }

  private until(phase: string): Promise<void> {
    const reached = `--for=jsonpath={.status.phase}=${phase}`;
    const object = ["--namespace", namespace, `rollout/${name}`];
    return this.stack.runBeside(["kubectl", "wait", "--timeout=120s", reached, ...object]);
  }
}
