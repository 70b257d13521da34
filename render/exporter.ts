import { type Settings } from "../components/model/settings";
import { type Strategy } from "./kinds";
import { type Manifest } from "./manifest";
import { type SingleWorkload } from "./single-workload";

/** What a controller's objects are made from besides the workload. */
export interface ExportArgs {
  readonly settings: Settings;
  readonly strategy: Strategy;
  /** Where the controller finds the metrics of ingress-nginx; without it a release is not judged. */
  readonly prometheus?: string;
}

/** The objects of one service, in the order in which they are applied. */
export type Exporter = (workload: SingleWorkload, args: ExportArgs) => Manifest[];
