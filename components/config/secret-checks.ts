import { colors } from "../model/color";
import { type CompletedConfig, type CrossProblem, placesIn } from "./cross-problem";
import { type RawConfig } from "./schema";

/** A secret of no service, and a variable or a file that is told in secret and openly: only one of them would count. */
export function secretProblems(raw: RawConfig, { services, secrets }: CompletedConfig): CrossProblem[] {
  const names = services.map(({ name }) => name);
  const strangers = Object.keys(raw.secrets)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      path: `secrets.${name}`,
      message: `is no service; choose one of ${names.join(", ")}`,
      reads: [`services.${name}`],
    }));
  const twice = services.flatMap(({ name, workloads }) =>
    colors.flatMap((color) =>
      (["env", "files"] as const).flatMap((kind) =>
        Object.keys(secrets[name]?.[color][kind] ?? {})
          .filter((key) => key in workloads[color][kind])
          .map((key) => ({
            path: `secrets.${name}.${color}.${kind}.${key}`,
            message: `is told openly too; keep it here, or in services.${name}.${kind}`,
            reads: [`secrets.${name}`, ...placesIn(name, color, kind)],
          })),
      ),
    ),
  );
  return [...strangers, ...twice];
}
