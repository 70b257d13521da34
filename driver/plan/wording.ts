import { type Report, type Verdict } from "./report";

/** What a verdict is called. */
export const verdicts = {
  nothing: "nothing to do, everything is as declared",
  allowed: "would be done",
  refused: "refused, nothing would be moved",
  unknown: "cannot be told",
} as const satisfies Record<Verdict, string>;

/** The lists under a plan, in their order, each with its title; those without a line are left out. */
export function listsOf(report: Report): { readonly title: string; readonly lines: readonly string[] }[] {
  const failing = report.gates.filter(({ state }) => state === "fails");
  const lists = [
    { title: "the cluster was not read", lines: report.unknown === undefined ? [] : [report.unknown] },
    {
      title: "refused",
      lines: [
        ...report.refusals,
        ...failing.flatMap(({ gate, lines }) => [`the ${gate} gate does not hold:`, ...lines]),
      ],
    },
    { title: "edited by hand, and taken back", lines: report.drift },
    { title: "adopted", lines: report.adopted },
    { title: "warnings", lines: report.warnings },
  ];
  return lists.filter(({ lines }) => lines.length > 0);
}

/** `+` for an object that is not there yet, `~` for one that changes, `=` for one that is as declared. */
export function signOf({ from, done }: Report["stages"][number]["writes"][number]): "+" | "~" | "=" {
  if (done) return "=";
  return from === "" ? "+" : "~";
}
