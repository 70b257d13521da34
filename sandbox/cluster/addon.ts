import { type ClusterConfig } from "./config";
import { type ProcessSpec } from "./processes";

/** A controller that the cluster may have besides its own parts. */
export interface Addon {
  /** The name of the role that its publisher gives it. */
  readonly role: string;
  /** What it waits for, and what may act as it does, as its publisher defines them: files of the toolchain. */
  readonly objects: readonly string[];
  /** Objects that are written when their kinds are served. */
  readonly settings?: readonly object[];
  /** What its processes read, by path. */
  readonly files?: (config: ClusterConfig) => Readonly<Record<string, string>>;
  readonly processes: (config: ClusterConfig) => readonly ProcessSpec[];
}
