import { Deployment, DeploymentPatch } from "@pulumi/kubernetes/apps/v1";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2";
import { Service } from "@pulumi/kubernetes/core/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { patchForce, skipAwait } from "./kubernetes/annotations";
import { colorSelector, objectLabels } from "./kubernetes/labels";
import { names } from "./model/names";
import { podTemplate } from "./kubernetes/pod";
import { type Scale, scaleOf } from "./model/capacity";
import { type Color } from "./model/color";
import { type Duration, formatDuration } from "./model/duration";
import { type ServiceSettings, type Standby } from "./model/settings";

export interface EnvironmentArgs {
  readonly color: Color;
  /** Namespace of the objects; it exists. */
  readonly namespace: string;
  readonly services: readonly ServiceSettings[];
  /** Whether the declared traffic sends this color any request; one that does not is kept at `standby`. */
  readonly serving: boolean;
  readonly standby: Standby;
  /** How long one Deployment may take to become ready before the update fails. */
  readonly readyTimeout: Duration;
  /** Whether the environment variables are secrets. */
  readonly secretEnv: boolean;
}

/** When the objects of an environment come. */
export interface EnvironmentOrder {
  /** What every object waits for. */
  readonly first: readonly pulumi.Resource[];
  /**
   * What the workloads wait for besides, and the Services do not: the routes, when the color has lost its share, so
   * that it shrinks after the requests have gone.
   */
  readonly after?: Promise<readonly pulumi.Resource[]>;
  /** Asked before a workload is changed. */
  readonly drain?: pulumi.ResourceHook;
}

/** Everything of one color: for each service a Deployment, a Service, and what scales and protects its pods. */
export class Environment extends pulumi.ComponentResource {
  /** The Services, which routes name. They never wait for pods. */
  readonly services: readonly pulumi.Resource[];
  /** What has to be ready before the color takes requests. */
  readonly workloads: readonly pulumi.Resource[];

  constructor(name: string, args: EnvironmentArgs, order: EnvironmentOrder, opts?: pulumi.ComponentResourceOptions) {
    super(
      "cyan:index:Environment",
      name,
      args.secretEnv ? { ...args, services: pulumi.secret(args.services) } : args,
      opts,
    );
    const first = { parent: this, dependsOn: [...order.first] };
    const after = order.after ?? Promise.resolve([]);
    const later = {
      parent: this,
      dependsOn: after.then((routes) => [...order.first, ...routes]),
      ...(order.drain && { hooks: { beforeUpdate: [order.drain] } }),
    };
    this.services = args.services.map((service) => this.service(name, service, args, first));
    this.workloads = args.services.flatMap((service) => this.workload(name, service, args, later));
    this.registerOutputs();
  }

  private service(
    name: string,
    service: ServiceSettings,
    args: EnvironmentArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    const selector = colorSelector(service.name, args.color);
    return new Service(
      `${name}-${service.name}-service`,
      {
        metadata: { ...metadata(service, args), annotations: skipAwait },
        spec: { selector, ports: [{ name: "http", port: service.port, targetPort: "http" }] },
      },
      opts,
    );
  }

  private workload(
    name: string,
    service: ServiceSettings,
    args: EnvironmentArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    const workload = service.workloads[args.color];
    const selector = colorSelector(service.name, args.color);
    const scale = scaleOf(workload, args.serving, args.standby);
    const timeout = formatDuration(args.readyTimeout);
    const awaited = { ...opts, customTimeouts: { create: timeout, update: timeout } };
    const deployment = new Deployment(
      `${name}-${service.name}`,
      {
        metadata: { ...metadata(service, args), annotations: patchForce },
        spec: {
          replicas: scale.replicas,
          revisionHistoryLimit: 3,
          progressDeadlineSeconds: args.readyTimeout.seconds,
          strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: "25%" } },
          selector: { matchLabels: selector },
          template: podTemplate(service.name, selector, workload, args.secretEnv),
        },
      },
      // An autoscaler's number is its own once the Deployment is there: leaving it out would set it to 1.
      { ...awaited, ...(scale.autoscaler && { ignoreChanges: ["spec.replicas"] }) },
    );
    const autoscaled =
      scale.autoscaler === undefined ? [] : this.autoscaled(name, service, { deployment, scale }, args, awaited);
    const budget = scale.replicas > 1 ? [this.budget(name, service, args, opts)] : [];
    return [deployment, ...autoscaled, ...budget];
  }

  /**
   * The autoscaler of a Deployment, and the number of pods that it starts from. The number is a resource of its own,
   * with one name for the full size and one for the reduced: it is set, and awaited, when the color passes from one to
   * the other, and never while the autoscaler has it.
   */
  private autoscaled(
    name: string,
    service: ServiceSettings,
    { deployment, scale }: { readonly deployment: pulumi.Resource; readonly scale: Scale },
    args: EnvironmentArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    const target = names.environment(service.name, args.color);
    const averageUtilization = service.workloads[args.color].autoscaling?.cpuUtilization;
    const autoscaler = new HorizontalPodAutoscaler(
      `${name}-${service.name}-autoscaler`,
      {
        metadata: { ...metadata(service, args), annotations: skipAwait },
        spec: {
          scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: target },
          minReplicas: scale.autoscaler?.min,
          maxReplicas: scale.autoscaler?.max ?? 1,
          metrics: [
            { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization } } },
          ],
        },
      },
      { ...opts, dependsOn: [deployment] },
    );
    const size = new DeploymentPatch(
      `${name}-${service.name}-${scale.reduced ? "standby" : "size"}`,
      {
        metadata: { name: target, namespace: args.namespace, annotations: patchForce },
        spec: { replicas: scale.replicas },
      },
      {
        ...opts,
        dependsOn: [autoscaler],
        ...(!scale.reduced && { ignoreChanges: ["spec.replicas"] }),
        // It is made when the others are updated.
        ...(opts.hooks?.beforeUpdate && { hooks: { ...opts.hooks, beforeCreate: opts.hooks.beforeUpdate } }),
      },
    );
    return [autoscaler, size];
  }

  private budget(
    name: string,
    service: ServiceSettings,
    args: EnvironmentArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    return new PodDisruptionBudget(
      `${name}-${service.name}-budget`,
      {
        metadata: metadata(service, args),
        spec: { maxUnavailable: 1, selector: { matchLabels: colorSelector(service.name, args.color) } },
      },
      opts,
    );
  }
}

function metadata(service: ServiceSettings, args: EnvironmentArgs) {
  return {
    name: names.environment(service.name, args.color),
    namespace: args.namespace,
    labels: objectLabels(colorSelector(service.name, args.color)),
  };
}
