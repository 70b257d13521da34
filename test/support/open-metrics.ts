/** One sample of an exposition. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * Reads gauges of OpenMetrics 1.0 as strictly as its specification is: metadata before samples, each family in one piece, no
 * series twice, the unit at the end of the name, nothing after the end.
 *
 * @throws Error for the first line that is wrong.
 */
export function parseOpenMetrics(text: string): Sample[] {
  if (!text.endsWith("\n# EOF\n")) throw new Error("it does not end with # EOF and a line feed");
  const lines = text.split("\n").slice(0, -2);
  const families = new Set<string>();
  const series = new Set<string>();
  const samples: Sample[] = [];
  let family = { name: "", told: new Set<string>(), sampled: false };
  for (const line of lines) {
    const wrong = (why: string): Error => new Error(`${why}: ${line}`);
    const [, word, name = "", rest = ""] = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) ?(.*)$/.exec(line) ?? [];
    if (word === undefined) {
      const sample = sampleOf(line);
      if (sample === undefined) throw wrong("it is neither metadata nor a sample");
      if (sample.name !== family.name || !family.told.has("TYPE")) throw wrong("it is not of the gauge before it");
      const key = JSON.stringify([sample.name, Object.entries(sample.labels).toSorted()]);
      if (series.has(key)) throw wrong("it is there twice");
      series.add(key);
      samples.push(sample);
      family.sampled = true;
      continue;
    }
    if (name !== family.name) {
      if (families.has(name)) throw wrong("the family is not in one piece");
      families.add(name);
      family = { name, told: new Set(), sampled: false };
    }
    if (family.sampled) throw wrong("metadata comes after samples");
    if (family.told.has(word)) throw wrong("it is told twice");
    family.told.add(word);
    if (word === "TYPE" && rest !== "gauge") throw wrong("it is no gauge");
    if (word === "UNIT" && !name.endsWith(`_${rest}`)) throw wrong("the name does not end with the unit");
    if (word === "HELP" && !/^([^\\"]|\\[\\n"])+$/.test(rest)) throw wrong("it is escaped wrongly");
  }
  return samples;
}

function sampleOf(line: string): Sample | undefined {
  const [, name, labels, value] =
    /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/.exec(line) ?? [];
  if (name === undefined || labels === undefined || value === undefined) return undefined;
  const label = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^\\"\n]|\\[\\n"])*)"/g;
  const pairs = [...labels.matchAll(label)];
  if (pairs.map(([pair]) => pair).join(",") !== labels) return undefined;
  const plain = (text: string): string =>
    text.replace(/\\(.)/g, (_, escaped: string) => (escaped === "n" ? "\n" : escaped));
  const read = Object.fromEntries(pairs.map(([, key = "", text = ""]) => [key, plain(text)]));
  return Object.keys(read).length === pairs.length ? { name, labels: read, value: Number(value) } : undefined;
}
