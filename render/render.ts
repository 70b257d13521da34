import { type Settings } from "../components/model/settings";
import { controllerDocumentOf } from "./documents";
import { exported } from "./export";
import { type ControllerKind, type Strategy } from "./kinds";
import { filesOf, type Grouping, releaseFolders, type RenderedFile } from "./layout";
import { controllerReadme, releaseReadme } from "./readme";
import { type AbsentSecret, absentSecrets, releaseManifests } from "./release-manifests";

export interface RenderOptions {
  /** Name of the stack. */
  readonly stack: string;
  readonly grouping: Grouping;
}

export interface ExportOptions extends Pick<RenderOptions, "stack"> {
  readonly kind: ControllerKind;
  readonly strategy: Strategy;
  /** Where the controller finds Prometheus. */
  readonly prometheus?: string;
}

/** A release as files. */
export interface Rendering {
  readonly files: readonly RenderedFile[];
  /** What the objects name and is not written. */
  readonly secrets: readonly AbsentSecret[];
  /** What of the settings is not in the files, and why. */
  readonly notes: readonly string[];
}

/** The files of a release. The same settings give the same files. */
export async function renderRelease(settings: Settings, { stack, grouping }: RenderOptions): Promise<Rendering> {
  const origin = originOf(stack);
  const folders = releaseFolders(await releaseManifests(settings));
  const secrets = absentSecrets(settings);
  const files = filesOf({ folders, ...common(settings, stack), grouping });
  const readme = releaseReadme({ settings, folders, secrets, origin });
  return { files: [{ path: "README.md", text: readme, objects: [] }, ...files], secrets, notes: [] };
}

/** The files of a release for a controller that keeps the versions itself. */
export async function renderExport(
  settings: Settings,
  { stack, kind, strategy, prometheus }: ExportOptions,
): Promise<Rendering> {
  const manifests = await releaseManifests({ ...settings, router: "ingress-nginx" });
  const args = { settings, strategy, ...(prometheus !== undefined && { prometheus }) };
  const { folder, workloads, notes } = exported(kind, manifests, args);
  const { activeColor } = settings.traffic;
  const secrets = absentSecrets(settings)
    .filter(({ color }) => color === activeColor)
    .map((secret) => ({ ...secret, name: secret.name.replace(`-${activeColor}-`, "-") }));
  const judged = folder.objects.some(({ kind: each }) => each.endsWith("Template"));
  const origin = originOf(stack);
  const readme = controllerReadme({ kind, strategy, settings, workloads, judged, notes, secrets, origin });
  const files = filesOf({
    folders: [folder],
    ...common(settings, stack),
    grouping: "object",
    document: controllerDocumentOf,
  });
  return { files: [{ path: "README.md", text: readme, objects: [] }, ...files], secrets, notes };
}

function originOf(stack: string): string {
  return `Made by cyan render from the config of the stack ${stack}: change that, and render again.`;
}

function common({ namespace }: Settings, stack: string) {
  return { namespace, labels: { "app.kubernetes.io/part-of": labelValue(stack) }, origin: originOf(stack) };
}

/** A stack's own name as the value of a label: 63 characters at most, beginning and ending in a letter or a digit. */
function labelValue(stack: string): string {
  const own = stack.split("/").at(-1) ?? "";
  return own.slice(0, 63).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}
