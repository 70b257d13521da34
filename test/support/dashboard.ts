import { builtInSelectors, controllers } from "../../driver/analysis/built-in";

/** The variables of an analysis as those of the dashboard; the color is told in the query, one for each. */
function grafana(selector: string, color: "blue" | "green"): string {
  const other = color === "blue" ? "green" : "blue";
  return selector
    .replaceAll("{{namespace}}", "$namespace")
    .replaceAll("{{service}}", "$service")
    .replaceAll("{{environment}}", `$service-${color}`)
    .replaceAll("{{otherEnvironment}}", `$service-${other}`);
}

/** Every query that the dashboard has to have, by the title of its panel. */
export function dashboardQueries(): Record<string, string[]> {
  const rates = (selectors: readonly string[], color: "blue" | "green"): string =>
    selectors.map((selector) => `rate(${grafana(selector, color)}[$__rate_interval])`).join(" or ");
  const panels: Record<string, string[]> = {
    "Requests by color": [],
    "Errors by color": [],
    "p95 latency by color": [],
  };
  for (const controller of controllers) {
    const { total, bad, buckets } = builtInSelectors[controller];
    for (const color of ["blue", "green"] as const) {
      panels["Requests by color"]?.push(`sum(${rates(total, color)})`);
      panels["Errors by color"]?.push(`(sum(${rates(bad, color)}) or vector(0)) / sum(${rates(total, color)})`);
      panels["p95 latency by color"]?.push(`histogram_quantile(0.95, sum by (le) (${rates(buckets, color)}))`);
    }
  }
  return panels;
}
