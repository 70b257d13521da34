import { type MethodName, methodNames } from "./methods";
import { type Row } from "./simulate";

const colors: Readonly<Record<MethodName, string>> = {
  sequential: "#0891b2",
  argo: "#ea580c",
  flagger: "#7c3aed",
  mannWhitney: "#65a30d",
};
const names: Readonly<Record<MethodName, string>> = {
  sequential: "sequential",
  argo: "Argo's example",
  flagger: "Flagger's example",
  mannWhitney: "Mann-Whitney",
};
const [width, height, margin] = [860, 420, 60];

/** How dear a bad release is, by the cell: failed requests until the verdict, on a logarithmic axis, as SVG. */
export function plot(rows: readonly Row[]): string {
  const worse = rows.filter(({ kind }) => kind === "worse");
  const values = worse.flatMap(({ outcomes }) => methodNames.map((name) => Math.max(1, outcomes[name].hit)));
  const top = Math.ceil(Math.log10(Math.max(...values)));
  const x = (index: number): number => margin + ((width - 2 * margin) * (index + 0.5)) / worse.length;
  const y = (value: number): number => height - margin - ((height - 2 * margin) * Math.log10(Math.max(1, value))) / top;
  const grid = Array.from({ length: top + 1 }, (_, power) => {
    const at = y(10 ** power).toFixed(1);
    return `<path d="M${margin} ${at}H${width - margin}" stroke="#ddd"/>${text(margin - 8, Number(at) + 4, (10 ** power).toLocaleString("en"), "end")}`;
  });
  const points = methodNames.flatMap((name) =>
    worse.map(({ outcomes }, index) => {
      const at = `cx="${x(index).toFixed(1)}" cy="${y(outcomes[name].hit).toFixed(1)}"`;
      // Hollow where it did not take back all of them.
      return `<circle ${at} r="4" stroke="${colors[name]}" fill="${outcomes[name].aborted > 0.99 ? colors[name] : "white"}"/>`;
    }),
  );
  const labels = worse.map(({ cell }, index) => {
    const label = `${cell.active * 100} %, ${cell.rate}/s, ${cell.weight}`;
    return `<g transform="translate(${(x(index) + 3).toFixed(1)} ${height - margin + 8}) rotate(60)">${text(0, 0, label, "start")}</g>`;
  });
  const legend = methodNames.map((name, index) => {
    const left = margin + index * 170;
    return `<circle cx="${left}" cy="34" r="4" fill="${colors[name]}"/>${text(left + 9, 38, names[name], "start")}`;
  });
  const title = text(
    margin,
    16,
    "Failed requests of a release with 5 points more errors, until its verdict (hollow: not all were taken back)",
    "start",
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height + 60}" font-family="sans-serif" font-size="11">
<rect width="100%" height="100%" fill="white"/>
${[title, ...grid, ...points, ...labels, ...legend].join("\n")}
</svg>
`;
}

function text(x: number, y: number, content: string, anchor: "start" | "end"): string {
  return `<text x="${x}" y="${y}" text-anchor="${anchor}">${content}</text>`;
}
