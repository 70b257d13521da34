import { colors } from "../components/model/color";
import { documentOf } from "./documents";
import { imagesIn, kustomizationYaml } from "./kustomization";
import { comment, type Manifest, ordered, yamlOf } from "./manifest";

/** A file to be written. */
export interface RenderedFile {
  /** Below the folder that is rendered to, with `/`. */
  readonly path: string;
  readonly text: string;
  /** The objects in it; none for what is not applied. */
  readonly objects: readonly Manifest[];
}

/** Whether each object has a file, or all of one folder are in one. */
export const groupings = ["object", "environment"] as const;
export type Grouping = (typeof groupings)[number];

/** Objects that are applied together. */
export interface Folder {
  /** Empty for the top. */
  readonly name: string;
  readonly objects: readonly Manifest[];
  /** What it is, for the head of its kustomization. */
  readonly about: string;
  /** For Argo CD, which awaits one wave before it begins the next. */
  readonly wave?: number;
}

export interface Layout {
  readonly folders: readonly Folder[];
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly grouping: Grouping;
  /** Says where the files are from, at the head of each. */
  readonly origin: string;
  /** The sentence for an object's reader. */
  readonly document?: (manifest: Manifest) => string;
}

/** A release in folders: the namespace at the top, one for each color, and the routes, which come last. */
export function releaseFolders(manifests: readonly Manifest[]): Folder[] {
  const colorOf = ({ metadata }: Manifest) => metadata.labels?.["cyan.dev/color"];
  const isNamespace = ({ kind }: Manifest) => kind === "Namespace";
  return [
    { name: "", objects: manifests.filter(isNamespace), about: "The release: both colors, then the routes." },
    ...colors.map((color) => ({
      name: color,
      objects: manifests.filter((each) => colorOf(each) === color),
      about: `Everything of ${color}. Its images are set here: kustomize edit set image NAME=NAME:TAG`,
    })),
    {
      name: "routes",
      objects: manifests.filter((each) => !isNamespace(each) && colorOf(each) === undefined),
      about: "Who serves. Apply it when the pods of the colors are ready; Argo CD waits for them by the wave.",
      wave: 1,
    },
  ];
}

/** The files of these folders, each with a kustomization, and the top's for all of them. */
export function filesOf({ folders, ...layout }: Layout): RenderedFile[] {
  return folders.flatMap((folder) => {
    const { name, wave } = folder;
    const objects = objectFiles(folder, layout);
    const below = name === "" ? folders.map((each) => each.name).filter((each) => each !== "") : [];
    const text = kustomizationYaml({
      namespace: layout.namespace,
      labels: layout.labels,
      images: imagesIn(folder.objects),
      ...(wave !== undefined && { annotations: { "argocd.argoproj.io/sync-wave": String(wave) } }),
      resources: [...objects.map(({ path }) => path.slice(path.lastIndexOf("/") + 1)), ...below],
    });
    const head = comment(`${folder.about}\n${layout.origin}`);
    return [{ path: within(name, "kustomization.yaml"), text: `${head}\n${text}`, objects: [] }, ...objects];
  });
}

function objectFiles(folder: Folder, layout: Omit<Layout, "folders">): RenderedFile[] {
  const { name, objects } = folder;
  const { grouping, origin, document = documentOf } = layout;
  const bodyOf = (each: Manifest): string => `${comment(document(each))}\n${yamlOf(ordered(each))}`;
  if (grouping === "environment" && name !== "") {
    const text = `${comment(origin)}\n${objects.map((each) => `---\n${bodyOf(each)}`).join("")}`;
    return [{ path: within(name, `${name}.yaml`), text, objects }];
  }
  return objects.map((each) => {
    return { path: within(name, fileName(each)), text: `${comment(origin)}\n${bodyOf(each)}`, objects: [each] };
  });
}

/** A file keeps its name when the hash in its object's name changes. */
function fileName({ kind, metadata: { name } }: Manifest): string {
  if (kind === "Namespace") return "namespace.yaml";
  return `${kind === "ConfigMap" ? name.replace(/-config-[0-9a-f]{10}$/, "") : name}-${kind.toLowerCase()}.yaml`;
}

function within(folder: string, file: string): string {
  return folder === "" ? file : `${folder}/${file}`;
}
