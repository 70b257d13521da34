import { type RouterKind } from "../../components/model/settings";
import { type Clock } from "../clock";
import { UserError } from "../invocation";
import { builtInAnalysis, type Controller, detectController } from "./built-in";
import { prometheus } from "./providers/prometheus";
import { readAnalysis } from "./read";
import { type AnalysisSpec } from "./spec";

/** What there is to choose an analysis by. */
export interface AnalysisChoice {
  /** A file; absent for the built-in metrics, false for no judgement. */
  readonly analysis?: string | false | undefined;
  /** How long a step is watched, in seconds. */
  readonly interval: number;
  readonly router: RouterKind;
  /** CYAN_PROMETHEUS says where Prometheus answers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether nothing has moved yet: then Prometheus has to answer first. */
  readonly first: boolean;
  readonly clock: Clock;
  readonly fetch: typeof fetch;
  readonly signal: AbortSignal;
}

/**
 * The analysis of a rollout: its file, or the built-in metrics where CYAN_PROMETHEUS is set, the router goes through an
 * ingress controller, and steps are watched at all; else undefined.
 *
 * @throws UserError when the file is wrong, or before anything moves when Prometheus does not answer or knows neither
 * controller.
 */
export async function chooseAnalysis(choice: AnalysisChoice): Promise<AnalysisSpec | undefined> {
  if (choice.analysis === false) return undefined;
  if (choice.analysis !== undefined) return readAnalysis(choice.analysis);
  const url = choice.env["CYAN_PROMETHEUS"];
  if (!url || choice.interval === 0 || choice.router !== "ingress-nginx") return undefined;
  let spec: AnalysisSpec;
  try {
    spec = builtInAnalysis({ prometheus: url, controller: "traefik" });
  } catch (error) {
    throw new UserError(`CYAN_PROMETHEUS: ${error instanceof Error ? error.message : String(error)}`);
  }
  const controller = await controllerBehind(url, spec, choice);
  return controller === undefined ? spec : builtInAnalysis({ prometheus: url, controller });
}

/** Which controller's metrics there are; undefined when a rollout that goes on cannot learn it now. */
async function controllerBehind(
  url: string,
  { timeout }: AnalysisSpec,
  { clock, fetch, first, signal }: AnalysisChoice,
): Promise<Controller | undefined> {
  const common = { clock, fetch, timeout: timeout.seconds * 1000, secrets: {}, cluster: {}, namespace: "" };
  const source = prometheus.create({ url }, common);
  const problem = first ? await source.check(signal) : undefined;
  if (problem !== undefined) throw new UserError(`CYAN_PROMETHEUS: ${problem}; or judge by nothing: --analysis none`);
  const window = { from: clock.now(), to: clock.now() };
  const has = async (query: string): Promise<boolean> =>
    (await source.query(query, { window, signal })).kind === "sample";
  const controller = await detectController(has);
  if (controller === undefined && first) {
    throw new UserError(
      `CYAN_PROMETHEUS: ${url} has no metrics of Traefik or ingress-nginx; write an analysis, or --analysis none`,
    );
  }
  return controller;
}
