import { type PolicyConfigJSONSchema } from "@pulumi/policy/schema";
import { catalogue } from "../policies/rules/catalogue";
import { type Rule } from "../policies/rules/rule";

const intro = `# Policies

    pulumi preview --policy-pack policies/prod
    pulumi up      --policy-pack policies/prod --policy-pack-config my.json

Two packs of the same rules. \`policies/dev\` refuses what cannot work and tells what production would refuse; \`policies/prod\`
refuses what has cost users requests. A mandatory rule that is broken ends a preview with exit code 1, and an update before
it touches anything: rules on transitions judge the inputs of the release, which are literal, so that a preview has them all.

A rollback is a lower weight, or a flip back to the color that was left, with the image that it had then. No rule on how
traffic moves refuses one. An update that moves nothing and changes no image is at rest, and no transition is judged.

Each rule is tuned or turned off by a file, without touching code; \`cyan rollout\` takes it too, by its options or by
[its config](rollouts.md#policy-packs):

    {
      "weight-step": { "maxStep": 20 },
      "soak-time": { "enforcementLevel": "advisory", "minSoak": "1h" },
      "freeze-window": {
        "windows": [{ "start": "0 16 * * FRI", "duration": "64h", "timeZone": "Europe/Berlin", "reason": "weekend" }]
      },
      "tls": "disabled"
    }

The levels are advisory (told), mandatory (refused), remediate (mended, and refused where it cannot be) and disabled. A value
that is not known in a preview turns a mandatory rule into advice there; the update still refuses it.

Rules on several resources together (\`disruption-budget\`, \`canary-service\`, \`unique-route\`) run at the end of a preview, and
of an update: preview first. \`cyan rollout\` and plain \`pulumi up\` do.

To publish a pack to an organization: \`npm run policies:build\`, then \`pulumi policy publish\` in \`dist/policies/prod\`, which is
complete in itself.

What the pack for production adds to a preview of the first deploy, beside what one without a policy adds, on two cores
(\`npm run bench:policies\`):

| services | resources | without | with an empty pack | with the pack | empty: more | pack: more |
| --- | --- | --- | --- | --- | --- | --- |
| 1 | 16 | 2.4 s | 3.3 s | 3.3 s | 0.8 s | 0.8 s |
| 100 | 1,105 | 24.2 s | 26.1 s | 26.5 s | 2.1 s | 2.4 s |
| 400 | 4,405 | 106.9 s | 112.8 s | 115.8 s | 5.9 s | 8.9 s |

Nearly all of it is the SDK's and the engine's: the engine starts a pack before the program, asks it twice about each resource, and
sends it the whole stack at the end. Of the CPU time of a pack's start, half is the TypeScript that the SDK loads, and a tenth the rules.

More than about 400 services do not fit into one stack: Pulumi hands all config to the program in one environment variable, and Linux
takes no more than 128 KiB in one.

<!-- What follows is made by \`npm run docs\` from policies/rules. -->
`;

/** The page on all rules. */
export function policiesPage(): string {
  const sections = Object.entries(catalogue).flatMap(([title, rules]) => [
    `## ${title}`,
    "",
    "| rule | dev | prod |",
    "| --- | --- | --- |",
    ...rules.map(({ name, levels }) => `| [${name}](#${name}) | ${levels.dev} | ${levels.prod} |`),
    "",
    ...rules.flatMap(section),
  ]);
  return [intro, ...sections].join("\n");
}

function section(rule: Rule): string[] {
  const { name, description, why, severity, framework, remediationSteps, configSchema } = rule;
  const options = Object.entries(configSchema?.properties ?? {});
  const standard =
    framework && `${framework.name} ${framework.version}, ${framework.reference}: ${framework.specification}`;
  return [
    `### ${name}`,
    "",
    `${description} ${why}`,
    "",
    `- severity: ${severity}`,
    ...(standard === undefined ? [] : [`- framework: ${standard}`]),
    `- what to do: ${remediationSteps}`,
    ...options.flatMap(([option, schema]) => [
      `- \`${option}\` (default \`${JSON.stringify(schema.default)}\`): ${schema.description ?? ""}`,
      ...parts(schema).map(([part, { description: text = "" }]) => `  - \`${part}\`: ${text}`),
    ]),
    "",
  ];
}

/** What each element of a list is made of. */
function parts({ items }: PolicyConfigJSONSchema): [string, PolicyConfigJSONSchema][] {
  const properties = typeof items === "object" && !Array.isArray(items) ? items.properties : undefined;
  return Object.entries(properties ?? {}).flatMap(([name, each]) => (typeof each === "object" ? [[name, each]] : []));
}
