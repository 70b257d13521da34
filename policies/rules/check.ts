import {
  type ReportViolation,
  type ResourceValidation,
  type ResourceValidationArgs,
  type StackValidation,
} from "@pulumi/policy";
import { type ReleaseArgs } from "../../components/model/release-args";
import { type TransitionInputs } from "../../components/model/transition-inputs";

/** What a check knows besides the resource. */
export interface Context<Config> {
  /** The rule's config; every option with a default has a value. */
  readonly config: Config;
  readonly stackTags: ReadonlyMap<string, string>;
}

/** Gives what is wrong, a message each. Values that are secret are in no message. */
export type Check<Resource, Config> = (resource: Resource, context: Context<Config>) => Iterable<string>;

/**
 * Checks resources of one type.
 *
 * The SDK decodes a resource once for each policy, unless the policy's function carries this mark, as those made with a
 * resource's class do: with a thousand services that is most of the time. The classes themselves would load all of Kubernetes
 * into the pack.
 */
export function ofType<Resource, Config extends object = object>(
  type: string,
  check: Check<Resource, Config>,
): ResourceValidation {
  const validate = (args: ResourceValidationArgs, report: ReportViolation): void => {
    if (args.type !== type) return;
    const context = { config: args.getConfig<Config>(), stackTags: args.stackTags };
    for (const message of check(args.props as Resource, context)) report(message);
  };
  return Object.assign(validate, { __pulumiType: type });
}

const releaseType = "cyan:index:Release";

/** Checks what a release declares. */
export function onRelease<Config extends object = object>(check: Check<ReleaseArgs, Config>): ResourceValidation {
  return ofType<ReleaseArgs, Config>(releaseType, check);
}

/**
 * Checks a transition. At rest there is none: the release then keeps the record of the last one, whose change it ignores
 * (components/release.ts).
 */
export function onTransition<Config extends object = object>(
  check: (transition: TransitionInputs, context: Context<Config>, release: ReleaseArgs) => Iterable<string>,
): ResourceValidation {
  const validate = (args: ResourceValidationArgs, report: ReportViolation): void => {
    if (args.type !== releaseType || args.opts.ignoreChanges.includes("transition")) return;
    const release = args.props as ReleaseArgs;
    if (release.transition.atRest) return;
    const context = { config: args.getConfig<Config>(), stackTags: args.stackTags };
    for (const message of check(release.transition, context, release)) report(message);
  };
  return Object.assign(validate, { __pulumiType: releaseType });
}

/** Checks all resources of one type together. */
export function together<Resource>(
  types: readonly string[],
  check: (resources: readonly { readonly type: string; readonly props: Resource }[]) => Iterable<string>,
): StackValidation {
  return ({ resources }, report) => {
    const found = resources
      .filter(({ type }) => types.includes(type))
      .map(({ type, props }) => ({ type, props: props as Resource }));
    for (const message of check(found)) report(message);
  };
}
