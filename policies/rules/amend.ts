import { type ResourceRemediation, type ResourceValidationArgs } from "@pulumi/policy";
import { type Check, type Context, ofType } from "./check";
import { type Deployment, deploymentType } from "./kubernetes";

/** A rule on pods that can be obeyed by changing them: what it misses, and the Deployment with that added. */
interface Amendment<Config> {
  readonly check: Check<Deployment, Config>;
  readonly amend: (deployment: Deployment, context: Context<Config>) => Deployment;
}

/** Checks Deployments, and under the level `remediate` changes those that break the rule before they are checked. */
export function amending<Config extends object = object>({ check, amend }: Amendment<Config>) {
  const remediateResource: ResourceRemediation = (args: ResourceValidationArgs) => {
    if (args.type !== deploymentType) return undefined;
    const context = { config: args.getConfig<Config>(), stackTags: args.stackTags };
    const deployment = args.props as Deployment;
    const broken = [...check(deployment, context)].length > 0;
    return broken ? (amend(deployment, context) as Record<string, unknown>) : undefined;
  };
  const mark = { __pulumiType: deploymentType };
  return {
    validateResource: ofType(deploymentType, check),
    remediateResource: Object.assign(remediateResource, mark),
  };
}

/** A Deployment with this added to its pods. */
export function withPod(deployment: Deployment, spec: object): Deployment {
  const template = deployment.spec?.template;
  return {
    ...deployment,
    spec: { ...deployment.spec, template: { ...template, spec: { ...template?.spec, ...spec } } },
  };
}
