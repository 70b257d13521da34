import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const mountPoint = "/sys/fs/cgroup";

/** The hierarchies of this machine: one for all controllers (version 2), or one for each (version 1). */
function hierarchies(): string[] {
  if (existsSync(join(mountPoint, "cgroup.controllers"))) return [mountPoint];
  return readdirSync(mountPoint, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(mountPoint, entry.name));
}

/** Makes the cgroup that all pods go below. The kubelet wants it to be there. */
export function prepareCgroup(name: string): void {
  for (const hierarchy of hierarchies()) {
    const folder = join(hierarchy, name);
    mkdirSync(folder, { recursive: true });
    inherit(hierarchy, folder);
  }
}

/** A new cgroup has no processors (version 1) or no controllers (version 2) until it is given its parent's. */
function inherit(parent: string, child: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    const path = join(child, file);
    if (existsSync(path) && existsSync(join(parent, file)) && readFileSync(path, "utf8").trim() === "") {
      writeFileSync(path, readFileSync(join(parent, file)));
    }
  }
  const controllers = join(parent, "cgroup.controllers");
  if (!existsSync(controllers)) return;
  const enable = readFileSync(controllers, "utf8")
    .trim()
    .split(" ")
    .map((controller) => `+${controller}`);
  for (const folder of [parent, child]) writeFileSync(join(folder, "cgroup.subtree_control"), enable.join(" "));
}

/** Removes the cgroup and all below it. Its processes must have ended. Gives the folders that would not go. */
export function removeCgroup(name: string): string[] {
  return hierarchies()
    .map((hierarchy) => join(hierarchy, name))
    .filter((folder) => existsSync(folder) && !removeTree(folder));
}

function removeTree(folder: string): boolean {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  try {
    rmdirSync(folder);
    return true;
  } catch {
    return false; // Busy: a process in it is still ending.
  }
}
