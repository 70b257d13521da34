import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseSettings } from "../components/config/settings";
import { type ControllerKind, type Strategy } from "../render/kinds";
import { renderExport } from "../render/render";

const rendered: readonly (readonly [folder: string, kind: ControllerKind, strategy: Strategy])[] = [
  ["argo-rollouts/blue-green", "argo-rollouts", "blue-green"],
  ["argo-rollouts/canary", "argo-rollouts", "canary"],
  ["flagger", "flagger", "canary"],
];

/** The files of docs/examples that `cyan render` makes of its config there, by path. */
export async function examples(): Promise<Record<string, string>> {
  const text = readFileSync(join(__dirname, "examples", "Pulumi.shop.yaml"), "utf8");
  const { config } = parse(text) as { readonly config: Readonly<Record<string, unknown>> };
  const raw = Object.entries(config).map(([key, value]) => [key.replace(/^cyan:/, ""), value] as const);
  const parsed = parseSettings(Object.fromEntries(raw));
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  const files: Record<string, string> = {};
  for (const [folder, kind, strategy] of rendered) {
    const prometheus = "http://prometheus.monitoring:9090";
    const rendering = await renderExport(parsed.settings, { stack: "shop", kind, strategy, prometheus });
    for (const file of rendering.files) files[`${folder}/${file.path}`] = file.text;
  }
  return files;
}
