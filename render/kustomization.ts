import { type Manifest, yamlOf } from "./manifest";

/** A kustomization of one folder. */
export interface Kustomization {
  readonly resources: readonly string[];
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly images?: readonly KustomizeImage[];
}

/** What kustomize writes in the place of whatever version of an image an object names. */
export interface KustomizeImage {
  readonly name: string;
  readonly newTag?: string;
  readonly digest?: string;
}

/** https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/ */
export function kustomizationYaml({ resources, namespace, labels, annotations, images = [] }: Kustomization): string {
  return yamlOf({
    apiVersion: "kustomize.config.k8s.io/v1beta1",
    kind: "Kustomization",
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels: [{ pairs: labels }] }),
    ...(annotations && { commonAnnotations: annotations }),
    resources,
    ...(images.length > 0 && { images }),
  });
}

/**
 * The images that these objects run, for a release that is made by `kustomize edit set image`. One that is named with a tag
 * and a digest is left out, for kustomize keeps only one of them; so is one that two objects run in different versions.
 */
export function imagesIn(manifests: readonly Manifest[]): KustomizeImage[] {
  const all = new Map<string, Set<string>>();
  for (const image of manifests.flatMap(imagesOf)) {
    const [, name = image, version = ""] = /^(.+?)((?::[^:/@]+)?(?:@.+)?)$/.exec(image) ?? [];
    all.set(name, (all.get(name) ?? new Set()).add(version));
  }
  return [...all]
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .flatMap(([name, versions]) => {
      const [version = "", ...others] = versions;
      if (others.length > 0 || /^:.*@/.test(version) || version === "") return [];
      return [version.startsWith("@") ? { name, digest: version.slice(1) } : { name, newTag: version.slice(1) }];
    });
}

interface PodTemplate {
  readonly spec: { readonly containers: readonly { readonly image: string }[] };
}

function imagesOf({ spec }: Manifest): string[] {
  const { template } = (spec ?? {}) as { readonly template?: PodTemplate };
  return template?.spec.containers.map(({ image }) => image) ?? [];
}
