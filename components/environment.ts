import { Deployment, DeploymentPatch } from "@pulumi/kubernetes/apps/v1";
import { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2";
import { ConfigMap, Secret, Service, ServiceAccount } from "@pulumi/kubernetes/core/v1";
import { NetworkPolicy } from "@pulumi/kubernetes/networking/v1";
import { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1";
import * as pulumi from "@pulumi/pulumi";
import { autoscalerArgs } from "./kubernetes/autoscaler";
import { configMapArgs, contentHash } from "./kubernetes/config-map";
import { deploymentArgs, sizeArgs } from "./kubernetes/deployment";
import { disruptionBudgetArgs } from "./kubernetes/disruption-budget";
import { dataOf, keyedFiles } from "./kubernetes/files";
import { type Owner } from "./kubernetes/metadata";
import { networkPolicyArgs } from "./kubernetes/network-policy";
import { type PodArgs } from "./kubernetes/pod";
import { secretArgs } from "./kubernetes/secret";
import { serviceArgs } from "./kubernetes/service";
import { serviceAccountArgs } from "./kubernetes/service-account";
import { type Scale } from "./model/capacity";
import { type Color } from "./model/color";
import { type Duration, formatDuration } from "./model/duration";
import {
  type NetworkPolicySettings,
  type SecretSettings,
  type ServiceSettings,
  type Settings,
  type WorkloadSettings,
} from "./model/settings";
import { openly } from "./openly";

export interface EnvironmentArgs {
  readonly color: Color;
  /** Namespace of the objects; it exists. */
  readonly namespace: string;
  readonly services: readonly ServiceSettings[];
  /** By service, how many pods the color has in the declared traffic. */
  readonly scales: Readonly<Record<string, Scale>>;
  /** How long one Deployment may take to become ready before the update fails. */
  readonly readyTimeout: Duration;
  /** What the services are told in secret; no input of the component, so that nothing keeps it but the Secrets. */
  readonly secrets: Settings["secrets"];
  readonly networkPolicy?: NetworkPolicySettings;
  /** Whether the services' settings hold secrets. */
  readonly secretServices: boolean;
  /** By service, the image that the color had when it was last left as the active one. */
  readonly served: Readonly<Record<string, string>>;
}

/** When the objects of an environment come. */
export interface EnvironmentOrder {
  /** What every object waits for. */
  readonly first: readonly pulumi.Resource[];
  /** What the workloads of some services wait for besides; their Services do not. */
  readonly last?: LastOrder;
}

/** Workloads that are changed after the routes have moved: those that lose pods, when the requests have gone. */
interface LastOrder {
  /** Names of the services. */
  readonly services: readonly string[];
  readonly routes: Promise<readonly pulumi.Resource[]>;
  /** Asked before each change of such a workload. */
  readonly hook?: pulumi.ResourceHook;
}

/** A Deployment whose number of pods may be an autoscaler's. */
interface Sized {
  readonly owner: Owner;
  readonly settings: WorkloadSettings;
  readonly deployment: pulumi.Resource;
  readonly scale: Scale;
}

/** Everything of one color: for each service a Deployment, a Service, and what scales and protects its pods. */
export class Environment extends pulumi.ComponentResource {
  /** The Services, which routes name. They never wait for pods. */
  readonly services: readonly pulumi.Resource[];
  /** What has to be ready before the routes move: the workloads that do not come after them. */
  readonly workloads: readonly pulumi.Resource[];
  /** By service, the pods that its Deployment asks for, as the cluster has it. */
  readonly pods: Readonly<Record<string, pulumi.Output<number>>>;
  /** By service, the generation of its Deployment, unless that comes after the routes. */
  readonly generations: Readonly<Record<string, pulumi.Output<number | undefined>>>;

  constructor(name: string, args: EnvironmentArgs, order: EnvironmentOrder, opts?: pulumi.ComponentResourceOptions) {
    super("cyan:index:Environment", name, openly(args), opts);
    const first = { parent: this, dependsOn: [...order.first] };
    const { last } = order;
    const after = last && {
      parent: this,
      dependsOn: [...order.first, listed(last.routes)],
      ...(last.hook && { hooks: { beforeUpdate: [last.hook] } }),
    };
    this.services = args.services.map((service) => this.service(name, service, args, first));
    const placed = args.services.map((service) => {
      const comesLast = last?.services.includes(service.name) ?? false;
      return { service, comesLast, ...this.workload(name, service, args, comesLast && after ? after : first) };
    });
    this.workloads = placed.flatMap(({ comesLast, resources }) => (comesLast ? [] : resources));
    this.pods = Object.fromEntries(placed.map(({ service, deployment }) => [service.name, deployment.spec.replicas]));
    this.generations = Object.fromEntries(
      placed
        .filter(({ comesLast }) => !comesLast)
        .map(({ service, deployment }) => [service.name, deployment.metadata.generation]),
    );
    this.registerOutputs();
  }

  private service(
    name: string,
    service: ServiceSettings,
    args: EnvironmentArgs,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource {
    const declared = serviceArgs(ownerOf(service, args), service.port, args.served[service.name]);
    return new Service(`${name}-${service.name}-service`, declared, opts);
  }

  private workload(
    name: string,
    service: ServiceSettings,
    args: EnvironmentArgs,
    opts: pulumi.CustomResourceOptions,
  ): { readonly resources: pulumi.Resource[]; readonly deployment: Deployment } {
    const prefix = `${name}-${service.name}`;
    const settings = service.workloads[args.color];
    const owner = ownerOf(service, args);
    const scale = scaleFor(service, args);
    const { readyTimeout, networkPolicy } = args;
    const account = new ServiceAccount(
      `${prefix}-account`,
      serviceAccountArgs(owner, settings.serviceAccount.annotations),
      opts,
    );
    // What the account waits for, the rest waits for with it.
    const then = { ...opts, dependsOn: [account] };
    const timeout = formatDuration(readyTimeout);
    const awaited = { ...then, customTimeouts: { create: timeout, update: timeout } };
    const config = keptConfig(prefix, owner, settings.files, then);
    const secret = keptSecret(prefix, owner, args.secrets[service.name]?.[args.color], then);
    const kept = { serviceAccount: account.metadata.name, ...(config && { config }), ...(secret && { secret }) };
    const deployment = new Deployment(
      prefix,
      deploymentArgs(owner, { settings, replicas: scale.replicas, readyTimeout, ...kept }),
      // An autoscaler's number is its own once the Deployment is there: leaving it out would set it to 1.
      { ...awaited, ...(scale.autoscaler && { ignoreChanges: ["spec.replicas"] }) },
    );
    const autoscaled = this.autoscaled(prefix, { owner, settings, deployment, scale }, awaited);
    const spared = (scale.kept ?? scale.replicas) > 1;
    const guards = [
      ...(spared ? [new PodDisruptionBudget(`${prefix}-budget`, disruptionBudgetArgs(owner), then)] : []),
      ...(networkPolicy ? [new NetworkPolicy(`${prefix}-network`, networkPolicyArgs(owner, networkPolicy), then)] : []),
    ];
    return { resources: [deployment, ...autoscaled, ...guards], deployment };
  }

  /**
   * The autoscaler of a Deployment, if it has one, and the number of pods that it starts from. The number is a resource of
   * its own, with one name for the full size and one for the reduced: it is set, and awaited, when the color passes from
   * one to the other, and never while the autoscaler has it.
   */
  private autoscaled(
    name: string,
    { owner, settings, deployment, scale }: Sized,
    opts: pulumi.CustomResourceOptions,
  ): pulumi.Resource[] {
    if (scale.autoscaler === undefined || settings.autoscaling === undefined) return [];
    const autoscaler = new HorizontalPodAutoscaler(
      `${name}-autoscaler`,
      autoscalerArgs(owner, scale.autoscaler, settings.autoscaling),
      { ...opts, dependsOn: [deployment] },
    );
    const size = new DeploymentPatch(`${name}-${scale.reduced ? "standby" : "size"}`, sizeArgs(owner, scale.replicas), {
      ...opts,
      dependsOn: [autoscaler],
      ...(!scale.reduced && { ignoreChanges: ["spec.replicas"] }),
      // It is made when the others are updated.
      ...(opts.hooks?.beforeUpdate && { hooks: { ...opts.hooks, beforeCreate: opts.hooks.beforeUpdate } }),
    });
    return [autoscaler, size];
  }
}

/**
 * Resources that are known later, as one entry of a list. The SDK waits for a promise in the list and takes what it gives, one
 * resource or several. The promise alone would be made an Output for each of the objects, and every such Output is looked
 * through for values that are unknown, with all that its resources know of each other: half of the time of 400 services.
 */
function listed(resources: Promise<readonly pulumi.Resource[]>): Promise<pulumi.Resource> {
  return resources as Promise<unknown> as Promise<pulumi.Resource>;
}

function scaleFor({ name }: ServiceSettings, { scales }: EnvironmentArgs): Scale {
  const scale = scales[name];
  if (scale === undefined) throw new Error(`the service ${name} has no size`);
  return scale;
}

function ownerOf(service: ServiceSettings, { color, namespace }: EnvironmentArgs): Owner {
  return { service: service.name, color, namespace };
}

/**
 * The ConfigMap of a color's files. It is a resource of its own for each content: the former one goes when the Deployment
 * has left it, and is still there for an update that takes a failed one back.
 */
function keptConfig(
  name: string,
  owner: Owner,
  settings: WorkloadSettings["files"],
  opts: pulumi.CustomResourceOptions,
): PodArgs["config"] {
  const files = keyedFiles(settings);
  if (files.length === 0) return undefined;
  const hash = contentHash(dataOf(files));
  const map = new ConfigMap(`${name}-config-${hash}`, configMapArgs(owner, files), opts);
  return { name: map.metadata.name, files };
}

/** The Secret of a color. Other content replaces it: the engine makes the new one first, and deletes the former last. */
function keptSecret(
  name: string,
  owner: Owner,
  settings: SecretSettings | undefined,
  opts: pulumi.CustomResourceOptions,
): PodArgs["secret"] {
  const { env, files: texts } = settings ?? { env: {}, files: {} };
  const files = keyedFiles(texts);
  const variables = Object.keys(env);
  if (settings === undefined || files.length + variables.length === 0) return undefined;
  const secret = new Secret(`${name}-secret`, secretArgs(owner, settings, files), opts);
  return { name: secret.metadata.name, files, variables };
}
