import { type Rendering } from "../../render/render";
import { type Written } from "./write";

/** What `cyan render --json` prints. */
export interface RenderReport {
  readonly folder: string;
  readonly files: readonly {
    readonly path: string;
    readonly state: "created" | "unchanged" | "replaced";
    readonly objects: readonly { readonly apiVersion: string; readonly kind: string; readonly name: string }[];
  }[];
  /** Secrets that have to be made before the objects are applied, by what is to be in them. */
  readonly secrets: readonly { readonly name: string; readonly namespace: string; readonly keys: readonly string[] }[];
  readonly warnings: readonly string[];
}

export function renderedReport(folder: string, { files, secrets, notes }: Rendering, written: Written): RenderReport {
  return {
    folder,
    files: files.map(({ path, objects }) => ({
      path,
      state: written.states[path] ?? "unchanged",
      objects: objects.map(({ apiVersion, kind, metadata: { name } }) => ({ apiVersion, kind, name })),
    })),
    secrets: secrets.map(({ name, namespace, keys }) => ({ name, namespace, keys })),
    warnings: [
      ...notes,
      ...written.strangers.map(
        (path) => `${path} is not part of what was rendered; remove it if an earlier rendering left it`,
      ),
    ],
  };
}

/** The report for people. */
export function renderedText({ folder, files, secrets }: RenderReport): string {
  const width = Math.max(...files.map(({ path }) => path.length));
  const lines = files.map(({ path, state, objects }) => {
    const told = objects.map(({ kind, name }) => `${kind} ${name}`).join(", ");
    return `  ${path.padEnd(width)}  ${state.padEnd(9)}  ${told}`.trimEnd();
  });
  const absent = secrets.map(({ name, keys }) => `  ${name}: ${keys.join(", ")}`);
  const made =
    absent.length === 0 ? "" : `\nSecrets to be made first, as README.md there says:\n${absent.join("\n")}\n`;
  return `${folder}\n${lines.join("\n")}\n${made}`;
}
