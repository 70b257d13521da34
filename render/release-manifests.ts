import * as pulumi from "@pulumi/pulumi";
import { dataOf, keyedFiles } from "../components/kubernetes/files";
import { colors, type Color, perColor } from "../components/model/color";
import { names } from "../components/model/names";
import { type SecretSettings, type Settings } from "../components/model/settings";
import { Release, releaseArgs } from "../components/release";
import { type Manifest, ordered } from "./manifest";

/** A Secret that the objects name and that is not written: it has to be in the cluster before them. */
export interface AbsentSecret {
  readonly name: string;
  readonly namespace: string;
  readonly color: Color;
  readonly keys: readonly string[];
}

/** Inputs of a resource of the Kubernetes provider. */
interface Inputs {
  readonly metadata?: { readonly name?: string; readonly labels?: Readonly<Record<string, string>> };
}

/**
 * The objects of a release, as its own components declare them: they run against mocks, which take the place of the engine
 * and of the cluster. Nothing is asked of a cluster, which counts as empty. Their order is that of the components.
 *
 * No secret comes near: the components get settings in which each is empty.
 */
export async function releaseManifests(settings: Settings): Promise<readonly Manifest[]> {
  const inputs = new Map<string, Inputs>();
  const left = new Map<string, readonly string[]>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs: given }) => {
        const named = withName(type, given as Inputs);
        inputs.set(name, named);
        return { id: name, state: { ...named } };
      },
      call: () => ({}),
    },
    "cyan",
    "render",
  );
  try {
    await pulumi.runtime.runInPulumiStack(() => {
      // Called in the order of the program; the mocks are called in any.
      pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
        if (isObject(type)) left.set(name, (opts as pulumi.CustomResourceOptions).ignoreChanges ?? []);
        return undefined;
      });
      new Release("release", releaseArgs(emptied(settings)));
      return Promise.resolve({});
    });
  } finally {
    await pulumi.runtime.disconnect();
  }
  return [...left].map(([name, fields]) => manifestOf(without({ ...inputs.get(name) }, fields)));
}

/** The Secrets that the components declare, by what they are to have in them. */
export function absentSecrets({ namespace, secrets }: Settings): AbsentSecret[] {
  return Object.entries(secrets).flatMap(([service, told]) =>
    colors.flatMap((color) => {
      const { env, files } = told[color];
      const keys = [...Object.keys(env), ...Object.keys(dataOf(keyedFiles(files)))];
      return keys.length === 0 ? [] : [{ name: secretName(service, color), namespace, color, keys }];
    }),
  );
}

/** A Secret is named by whoever makes it; a patch is the engine's own way to change an object. */
function isObject(type: string): boolean {
  return type.startsWith("kubernetes:") && type !== "kubernetes:core/v1:Secret" && !type.endsWith("Patch");
}

/** The engine draws a Secret's name; here it is one that a person can give it. */
function withName(type: string, inputs: Inputs): Inputs {
  if (type !== "kubernetes:core/v1:Secret") return inputs;
  const labels = inputs.metadata?.labels ?? {};
  const [service, color] = [labels["app.kubernetes.io/name"], colors.find((each) => each === labels["cyan.dev/color"])];
  if (service === undefined || color === undefined) throw new Error("a Secret belongs to a color of a service");
  return { ...inputs, metadata: { ...inputs.metadata, name: secretName(service, color) } };
}

function secretName(service: string, color: Color): string {
  return `${names.environment(service, color)}-secret`;
}

function emptied(settings: Settings): Settings {
  const nothing = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.keys(values).map((key) => [key, ""]));
  const secrets = Object.entries(settings.secrets).map(([service, told]) => [
    service,
    perColor((color): SecretSettings => ({ env: nothing(told[color].env), files: nothing(told[color].files) })),
  ]);
  return { ...settings, secrets: Object.fromEntries(secrets) as Settings["secrets"] };
}

/** Without the fields that are the cluster's own once the object is there, such as an autoscaler's number of pods. */
function without(inputs: Readonly<Record<string, unknown>>, fields: readonly string[]): Record<string, unknown> {
  return fields.reduce<Record<string, unknown>>((rest, field) => {
    const [key = "", ...path] = field.split(".");
    const { [key]: value, ...others } = rest;
    if (path.length === 0) return others;
    return { ...rest, [key]: without(value as Record<string, unknown>, [path.join(".")]) };
  }, inputs);
}

/** Without what only the engine reads. */
function manifestOf(inputs: Readonly<Record<string, unknown>>): Manifest {
  const { metadata, ...rest } = inputs as Manifest;
  const { annotations = {}, ...others } = metadata;
  const kept = Object.entries(annotations).filter(([name]) => !name.startsWith("pulumi.com/"));
  return ordered({
    ...rest,
    metadata: { ...others, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) },
  }) as Manifest;
}
