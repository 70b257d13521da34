import { type Settings } from "../components/model/settings";
import { filesOf, type Grouping, releaseFolders, type RenderedFile } from "./layout";
import { releaseReadme } from "./readme";
import { type AbsentSecret, absentSecrets, releaseManifests } from "./release-manifests";

export interface RenderOptions {
  /** Name of the stack. */
  readonly stack: string;
  readonly grouping: Grouping;
}

/** A release as files. */
export interface Rendering {
  readonly files: readonly RenderedFile[];
  /** What the objects name and is not written. */
  readonly secrets: readonly AbsentSecret[];
}

/** The files of a release. The same settings give the same files. */
export async function renderRelease(settings: Settings, { stack, grouping }: RenderOptions): Promise<Rendering> {
  const origin = `Made by cyan render from the config of the stack ${stack}: change that, and render again.`;
  const folders = releaseFolders(await releaseManifests(settings));
  const secrets = absentSecrets(settings);
  const labels = { "app.kubernetes.io/part-of": labelValue(stack) };
  const files = filesOf({ folders, namespace: settings.namespace, labels, grouping, origin });
  const readme = releaseReadme({ settings, folders, secrets, origin });
  return { files: [{ path: "README.md", text: readme, objects: [] }, ...files], secrets };
}

/** A stack's own name as the value of a label: 63 characters at most, beginning and ending in a letter or a digit. */
function labelValue(stack: string): string {
  const own = stack.split("/").at(-1) ?? "";
  return own.slice(0, 63).replace(/^[^A-Za-z0-9]+|[^A-Za-z0-9]+$/g, "");
}
