import { type Counts } from "./counted-load";

/** What one case did and lost, in all its runs. */
export interface CaseRow {
  readonly name: string;
  readonly runs: number;
  readonly transitions: number;
  readonly interruptions: number;
  readonly requests: number;
  readonly lost: number;
  /** What went wrong; empty when every run ended as it must. */
  readonly failures: readonly string[];
}

/** What a run of the reliability suite measured. */
export interface Receipt {
  /** The day, as `2026-01-31`. */
  readonly date: string;
  readonly commit: string;
  readonly minutes: number;
  /** Requests a second. */
  readonly rate: number;
  readonly transitions: number;
  readonly interruptions: number;
  readonly counts: Counts;
  readonly cases: readonly CaseRow[];
}

/** Adds a run to the row of its case. */
export function add(rows: readonly CaseRow[], run: CaseRow): CaseRow[] {
  const before = rows.find(({ name }) => name === run.name);
  if (before === undefined) return [...rows, run];
  const sum: CaseRow = {
    name: run.name,
    runs: before.runs + run.runs,
    transitions: before.transitions + run.transitions,
    interruptions: before.interruptions + run.interruptions,
    requests: before.requests + run.requests,
    lost: before.lost + run.lost,
    failures: [...before.failures, ...run.failures],
  };
  return rows.map((row) => (row === before ? sum : row));
}

/** True when nothing was lost by a transition and every case ended as it must. */
export function passed({ counts, cases }: Receipt): boolean {
  return counts.lost === 0 && cases.every(({ failures }) => failures.length === 0);
}

/** The receipt as a page of the docs. */
export function markdown(receipt: Receipt): string {
  const { counts } = receipt;
  const number = (value: number): string => value.toLocaleString("en-US");
  const rows = receipt.cases.map(({ name, ...row }) => {
    const cells = [row.runs, row.transitions, row.interruptions, row.requests, row.lost].map(number);
    return `| ${name} | ${cells.join(" | ")} |`;
  });
  const failures = receipt.cases.flatMap(({ name, failures: all }) => all.map((failure) => `- ${name}: ${failure}`));
  return `# Reliability

Written by \`npm run test:reliability\` on ${receipt.date}, at commit \`${receipt.commit}\`, in ${number(receipt.minutes)} minutes on the
embedded cluster: the real engine, provider, API server, kubelet and Traefik, with ${number(receipt.rate)} requests/s all the
while. Each request is counted. \`npm test\` runs every case once.

| transitions | interruptions | requests | lost | lost by a killed Traefik or kubelet itself |
| ---: | ---: | ---: | ---: | ---: |
| ${[receipt.transitions, receipt.interruptions, counts.requests, counts.lost, counts.lostByPlatform].map(number).join(" | ")} |

A transition is one \`pulumi up\` that moves traffic, or is refused to. An interruption is an update that is ended by SIGKILL,
SIGINT or SIGTERM at a boundary between two writes, or during which a part of the cluster is killed. After each one the
traffic is the old or the new one, and the next update ends it. The last column is what is lost from the kill of Traefik,
or of the only node's kubelet, until requests are answered again: its own loss, and not the transition's.

| case | runs | transitions | interruptions | requests | lost |
| --- | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}
${failures.length === 0 ? "" : `\n${failures.join("\n")}\n`}`;
}
