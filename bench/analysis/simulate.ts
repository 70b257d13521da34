import { type Counts, looks, lookSeconds, type Method, type MethodName, methods, tolerance } from "./methods";
import { Binomial, seeded } from "./random";

/** One kind of release: what it gets, and how bad both colors are. */
export interface Cell {
  /** Requests a second. */
  readonly rate: number;
  /** Percent of them that the canary gets. */
  readonly weight: number;
  /** Share of bad requests of each color. */
  readonly active: number;
  readonly canary: number;
}

/** What a method did with the releases of a cell. */
export interface Outcome {
  /** Share of releases that it took back. */
  readonly aborted: number;
  /** Median seconds until then; NaN when it took back none. */
  readonly seconds: number;
  /** Bad requests of the canary until then, or until the ten minutes were over: the mean. */
  readonly hit: number;
}

/**
 * Simulates releases of one kind. Requests are spread evenly by weight, as a weighted round-robin does, and each is bad
 * by itself with the color's share.
 */
export function simulate<Name extends MethodName>(
  cell: Cell,
  releases: number,
  seed: number,
  names: readonly Name[],
): Record<Name, Outcome> {
  const random = seeded(seed);
  const requests = cell.rate * lookSeconds;
  const totals = { canary: Math.round((requests * cell.weight) / 100), active: 0 };
  totals.active = requests - totals.canary;
  const draws = {
    canary: new Binomial(totals.canary, cell.canary),
    active: new Binomial(totals.active, cell.active),
  };
  const seen = Object.fromEntries(names.map((name) => [name, { seconds: [] as number[], hit: 0 }]));
  for (let release = 0; release < releases; release += 1) {
    const running = new Map<string, Method>(names.map((name) => [name, methods[name]()]));
    let hit = 0;
    for (let look = 1; look <= looks && running.size > 0; look += 1) {
      const canary: Counts = { total: totals.canary, bad: draws.canary.at(random()) };
      const active: Counts = { total: totals.active, bad: draws.active.at(random()) };
      hit += canary.bad;
      for (const [name, method] of running) {
        if (!method.look(canary, active)) continue;
        seen[name]?.seconds.push(look * lookSeconds);
        if (seen[name]) seen[name].hit += hit;
        running.delete(name);
      }
    }
    for (const name of running.keys()) if (seen[name]) seen[name].hit += hit;
  }
  return Object.fromEntries(
    Object.entries(seen).map(([name, { seconds, hit }]) => [
      name,
      { aborted: seconds.length / releases, seconds: median(seconds), hit: hit / releases },
    ]),
  ) as Record<Name, Outcome>;
}

function median(values: readonly number[]): number {
  return values.toSorted((one, two) => one - two)[Math.floor(values.length / 2)] ?? NaN;
}

/** Rates of errors and requests, and weights, that are tried in every combination. */
export const grid = { errors: [0.001, 0.01, 0.05], rates: [20, 200, 2000], weights: [5, 20, 50] } as const;

/** Releases as good as the active color, as bad as the tolerance lets be, with 5 points more bad requests, and with twice as many. */
export const kinds = {
  good: (error: number) => error,
  tolerated: (error: number) => (tolerance * error) / (1 - error + tolerance * error),
  worse: (error: number) => error + 0.05,
  doubled: (error: number) => 2 * error,
} as const;
export type Kind = keyof typeof kinds;

/** Every cell of the grid for one kind of release. */
export function cellsOf(kind: Kind): Cell[] {
  return grid.errors.flatMap((active) =>
    grid.rates.flatMap((rate) => grid.weights.map((weight) => ({ rate, weight, active, canary: kinds[kind](active) }))),
  );
}

/** A cell with what each method did there. */
export interface Row {
  readonly kind: Kind;
  readonly cell: Cell;
  readonly outcomes: Readonly<Record<MethodName, Outcome>>;
}
