import * as policy from "@pulumi/policy";
import {
  type ResourceValidationArgs,
  type ResourceValidationPolicy,
  type StackValidationArgs,
  type StackValidationPolicy,
} from "@pulumi/policy";
import { type Rule } from "../../policies/rules/rule";

// The SDK exports them for tests, and its declarations leave them out.
export const { unknownCheckingProxy, UnknownValueError } = policy as unknown as {
  readonly unknownCheckingProxy: (inputs: object) => object;
  readonly UnknownValueError: new (...args: unknown[]) => Error;
};

/** A resource as a rule gets it. */
export interface Judged {
  readonly type: string;
  readonly props: object;
  readonly ignoreChanges?: readonly string[];
}

export interface Circumstances {
  /** Config over the rule's defaults. */
  readonly config?: Readonly<Record<string, unknown>>;
  readonly stackTags?: Readonly<Record<string, string>>;
}

/** What the engine sends for a value that is not known in a preview. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What a rule says of resources: of each by itself, or of all together. Throws UnknownValueError as it does in the engine. */
export function violations(rule: Rule, resources: readonly Judged[], circumstances: Circumstances = {}): string[] {
  const messages: string[] = [];
  const report = (message: string): number => messages.push(message);
  if (isStackRule(rule)) {
    const args = {
      ...common(rule, circumstances),
      resources: resources.map((each) => argsOf(rule, each, circumstances)),
    };
    void rule.validateStack(args as unknown as StackValidationArgs, report);
    return messages;
  }
  const { validateResource } = rule as ResourceValidationPolicy;
  if (typeof validateResource !== "function") throw new Error(`${rule.name} is not one function`);
  for (const each of resources) void validateResource(argsOf(rule, each, circumstances), report);
  return messages;
}

/** How many properties a rule on several resources reads: each read goes through the SDK's proxy, which takes longer than the rule. */
export function readsOf(rule: Rule, resources: readonly Judged[]): number {
  let reads = 0;
  const counting = (value: object): object =>
    new Proxy(value, {
      get: (target, key) => {
        reads += 1;
        const read: unknown = Reflect.get(target, key);
        return typeof read === "object" && read !== null ? counting(read) : read;
      },
    });
  if (!isStackRule(rule)) throw new Error(`${rule.name} is a rule on one resource`);
  const counted = resources.map((each) => ({ ...each, props: counting(each.props) }));
  void rule.validateStack(
    { ...common(rule, {}), resources: counted } as unknown as StackValidationArgs,
    () => undefined,
  );
  return reads;
}

/** A resource as the rule would change it; undefined when it leaves it as it is. */
export function remedied(rule: Rule, resource: Judged, circumstances: Circumstances = {}): object | undefined {
  const { remediateResource } = rule as ResourceValidationPolicy;
  const changed = remediateResource?.(argsOf(rule, resource, circumstances));
  return changed === undefined ? undefined : (JSON.parse(JSON.stringify(changed)) as object);
}

export function isStackRule(rule: Rule): rule is Rule & StackValidationPolicy {
  return "validateStack" in rule;
}

function common(rule: Rule, { config, stackTags = {} }: Circumstances) {
  const properties = Object.entries(rule.configSchema?.properties ?? {});
  const defaults = Object.fromEntries(properties.map(([name, schema]) => [name, schema.default]));
  return {
    stackTags: new Map(Object.entries(stackTags)),
    getConfig: () => ({ ...defaults, ...config }),
    notApplicable: (): never => {
      throw new Error("not applicable");
    },
  };
}

function argsOf(rule: Rule, { type, props, ignoreChanges = [] }: Judged, circumstances: Circumstances) {
  // What has no value does not reach a policy, and everything that does is behind the SDK's proxy.
  const sent = JSON.parse(JSON.stringify(props)) as object;
  return {
    ...common(rule, circumstances),
    type,
    urn: `urn:pulumi:test::cyan::${type}::name`,
    name: "name",
    props: unknownCheckingProxy(sent),
    opts: { ignoreChanges },
  } as unknown as ResourceValidationArgs;
}

/** A copy of `object` with the value at `path`, such as `spec.template.spec`, changed; undefined takes it away. */
export function changed<T extends object>(object: T, path: string, value: unknown): T {
  const copy = structuredClone(object);
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = copy as Record<string, unknown>;
  for (const key of keys) at = (at[key] ??= {}) as Record<string, unknown>;
  if (value === undefined) Reflect.deleteProperty(at, last);
  else at[last] = value;
  return copy;
}
