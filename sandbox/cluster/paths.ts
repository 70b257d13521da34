import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../report";

/** Where the embedded cluster of one checkout lives. Everything it writes is below `root`, save its cgroups. */
export interface SandboxPaths {
  readonly checkout: string;
  /** Eight hex digits of the checkout's path: two checkouts are two clusters. */
  readonly id: string;
  readonly root: string;
  /** What the daemon is, and on which ports the host reaches it. */
  readonly daemon: string;
  /** Which cluster that was there already is used in the place of the embedded one. */
  readonly borrowed: string;
  readonly borrowedKubeconfig: string;
  /** What the supervisor last said of each part. */
  readonly status: string;
  readonly logs: string;
  /** Unix sockets that both sides of the network namespace see. */
  readonly sockets: string;
  /** Links to the binaries that a user's shell needs. */
  readonly bin: string;
  readonly kubeconfig: string;
  /** PULUMI_HOME and the file backend. */
  readonly pulumi: string;
  /** Name of the cgroup that holds every pod. */
  readonly cgroup: string;
}

/** A Unix socket's address holds 107 bytes and the longest name below `sockets` is taken off. */
const longestSocketFolder = 107 - "/containerd.sock.ttrpc".length;

/**
 * The paths of `checkout`'s embedded cluster.
 *
 * @throws SandboxError when the state folder's path is too long for Unix sockets.
 */
export function sandboxPaths(checkout: string, env: NodeJS.ProcessEnv): SandboxPaths {
  const real = realpathSync(checkout);
  const id = createHash("sha256").update(real).digest("hex").slice(0, 8);
  const state = env["XDG_STATE_HOME"] || join(homedir(), ".local", "state");
  const root = join(state, "cyan", id);
  const sockets = join(root, "sockets");
  if (Buffer.byteLength(sockets) > longestSocketFolder) {
    throw new SandboxError(`${sockets} is too long for a Unix socket; set XDG_STATE_HOME to a shorter folder`);
  }
  return {
    checkout: real,
    id,
    root,
    sockets,
    daemon: join(root, "daemon.json"),
    borrowed: join(root, "borrowed.json"),
    borrowedKubeconfig: join(root, "borrowed.kubeconfig"),
    status: join(root, "status.json"),
    logs: join(root, "logs"),
    bin: join(root, "bin"),
    kubeconfig: join(root, "kubeconfig"),
    pulumi: join(root, "pulumi"),
    cgroup: `cyan-${id}`,
  };
}
