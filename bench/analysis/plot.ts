import { type MethodName, methodNames, titles } from "./methods";
import { type Cell, grid, type Row } from "./simulate";

const colors: Readonly<Record<MethodName, string>> = {
  sequential: "#0891b2",
  argo: "#ea580c",
  flagger: "#7c3aed",
  mannWhitney: "#65a30d",
};
const [width, height] = [900, 470];
/** The part that has the points. */
const area = { left: 80, right: 20, top: 80, bottom: 85 };
const inner = { width: width - area.left - area.right, height: height - area.top - area.bottom };
/** From the point of one method to that of the next, in one cell: equal values stand side by side. */
const apart = 6;
/** Of what a column stands for, below the area. */
const line = { weight: 22, rate: 42, errors: 64 };

/**
 * How dear a bad release is, by the cell: failed requests until the verdict, on a logarithmic axis, as SVG.
 *
 * @param rows with those of the kind `worse` in the grid's order.
 */
export function plot(rows: readonly Row[]): string {
  const worse = rows.filter(({ kind }) => kind === "worse");
  const values = worse.flatMap(({ outcomes }) => methodNames.map((name) => outcomes[name].hit));
  const top = Math.ceil(Math.log10(Math.max(10, ...values)));
  const x = (place: number): number => area.left + (inner.width * place) / worse.length;
  const y = (value: number): number => area.top + inner.height * (1 - Math.log10(Math.max(1, value)) / top);
  const points = worse.flatMap(({ outcomes }, index) =>
    methodNames.map((name, method) => {
      const { hit, aborted } = outcomes[name];
      const at = x(index + 0.5) + apart * (method - (methodNames.length - 1) / 2);
      return circle(at, y(hit), colors[name], aborted > 0.99);
    }),
  );
  const cells = worse.map(({ cell }) => cell);
  const parts = [...title(), ...legend(), ...scale(top, y), ...columns(cells, x), ...points];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="#222">
<rect width="100%" height="100%" fill="white"/>
${parts.join("\n")}
</svg>
`;
}

function title(): string[] {
  const what = "Failed requests of a release with 5 points more errors, until it is taken back";
  return [`<text x="${area.left}" y="22" font-size="14" font-weight="bold">${what}</text>`];
}

function legend(): string[] {
  const entry = (index: number, color: string, full: boolean, label: string): string => {
    const left = area.left + 5 + index * 130;
    return circle(left, 44, color, full) + text(left + 9, 48, label, "start");
  };
  const all = methodNames.map((name, index) => entry(index, colors[name], true, titles[name]));
  return [...all, entry(methodNames.length, "#555", false, "over 1 % of the releases were not taken back")];
}

/** The lines of the powers of ten. */
function scale(top: number, y: (value: number) => number): string[] {
  return Array.from({ length: top + 1 }, (_, power) => {
    const at = y(10 ** power);
    const across = `<path d="M${area.left} ${at.toFixed(1)}H${width - area.right}" stroke="#ddd"/>`;
    return across + text(area.left - 8, at + 4, (10 ** power).toLocaleString("en"), "end");
  });
}

/** Below each cell its weight, below cells of one rate that rate, and below those of one error rate that. */
function columns(cells: readonly Cell[], x: (place: number) => number): string[] {
  const bottom = height - area.bottom;
  const [perRate, perError] = [grid.weights.length, grid.weights.length * grid.rates.length];
  const weights = cells.map(({ weight }, index) =>
    text(x(index + 0.5), bottom + line.weight, String(weight), "middle"),
  );
  const groups = cells.flatMap(({ rate, active }, index) => [
    ...(index % perRate === 0
      ? [text(x(index + perRate / 2), bottom + line.rate, `${rate.toLocaleString("en")}/s`, "middle")]
      : []),
    ...(index % perError === 0
      ? [text(x(index + perError / 2), bottom + line.errors, `${active * 100} % of the active color`, "middle")]
      : []),
  ]);
  const borders = Array.from({ length: cells.length / perRate + 1 }, (_, index) => {
    const [place, major] = [index * perRate, (index * perRate) % perError === 0];
    return `<path d="M${x(place).toFixed(1)} ${area.top}V${bottom + (major ? line.errors : line.rate) + 6}" stroke="${major ? "#999" : "#ddd"}"/>`;
  });
  const rows = [
    text(area.left - 8, bottom + line.weight, "weight", "end"),
    text(area.left - 8, bottom + line.rate, "requests", "end"),
    text(area.left - 8, bottom + line.errors, "errors", "end"),
  ];
  return [...borders, ...weights, ...groups, ...rows];
}

function circle(x: number, y: number, color: string, full: boolean): string {
  const fill = full ? color : "white";
  return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="3.5" stroke="${color}" stroke-width="1.2" fill="${fill}"/>`;
}

function text(x: number, y: number, content: string, anchor: "start" | "middle" | "end"): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}">${content}</text>`;
}
