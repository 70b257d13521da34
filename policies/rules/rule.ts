import {
  type EnforcementLevel,
  type PolicyComplianceFramework,
  type PolicyConfigSchema,
  type ResourceValidationPolicy,
  type Severity,
  type StackValidationPolicy,
} from "@pulumi/policy";

/** The packs that rules are in. */
export const packs = ["dev", "prod"] as const;
export type Pack = (typeof packs)[number];

/** What a rule says of itself: to who breaks it, and to docs/policies.md. */
export interface RuleText {
  /** What `--policy-pack-config` calls it. */
  readonly name: string;
  /** What holds when it is obeyed, in one sentence. */
  readonly description: string;
  /** What happens to users when it is not. */
  readonly why: string;
  readonly severity: Severity;
  /** The benchmark that asks for the same; absent for rules of our own. */
  readonly framework?: PolicyComplianceFramework;
  /** What to do about a violation. */
  readonly remediationSteps: string;
  /** What can be tuned, each with its default. */
  readonly configSchema?: PolicyConfigSchema;
  /** How strictly each pack takes it. */
  readonly levels: Readonly<Record<Pack, EnforcementLevel>>;
}

/** A rule, and how it is checked. */
export type Rule = RuleText & (ResourceValidationPolicy | StackValidationPolicy);

/** The policies of a pack: every rule, each at the pack's level. One that is disabled can be turned on by config. */
export function policiesOf(rules: readonly Rule[], pack: Pack): (ResourceValidationPolicy | StackValidationPolicy)[] {
  return rules.map(({ levels, why, ...policy }) => ({
    ...policy,
    description: `${policy.description} ${why}`,
    enforcementLevel: levels[pack],
  }));
}
