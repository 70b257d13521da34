import { execFile } from "node:child_process";
import { mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { type Reporter, SandboxError } from "../report";
import { findExecutable } from "./locate";
import { type PackagedFile } from "./parts";

const run = promisify(execFile);

/**
 * Installs packages of Debian and its kin, without what they only recommend.
 *
 * @throws SandboxError with the packages' names where there is no apt-get or it refuses.
 */
export async function installPackages(packages: readonly string[], report: Reporter): Promise<void> {
  const apt = findExecutable("apt-get", ["/usr/bin"]);
  const remedy = `install ${packages.join(", ")} with your package manager and run this again`;
  if (apt === undefined) throw new SandboxError(`this machine has no apt-get: ${remedy}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () => run(apt, ["install", "-y", "--no-install-recommends", ...packages], { env });
  report({ event: "step", text: `installing ${packages.join(", ")} from the distribution` });
  try {
    await install();
  } catch {
    // Most often the package lists are missing or old.
    try {
      await run(apt, ["update"], { env });
      await install();
    } catch (error) {
      throw new SandboxError(`${remedy}; apt-get says:\n${(error as { stderr?: string }).stderr ?? String(error)}`);
    }
  }
}

/**
 * Puts a package's file into `folder`, under its own name.
 *
 * @throws SandboxError where there is no apt-get or it refuses.
 */
export async function unpackFile(file: PackagedFile, folder: string, report: Reporter): Promise<void> {
  const apt = findExecutable("apt-get", ["/usr/bin"]);
  if (apt === undefined) throw new SandboxError(`this machine has no apt-get: put ${basename(file.path)} on PATH`);
  const work = join(folder, "package");
  mkdirSync(work);
  const fetchPackage = () => run(apt, ["download", file.package], { cwd: work });
  report({ event: "step", text: `taking ${basename(file.path)} out of the distribution's package ${file.package}` });
  try {
    await fetchPackage().catch(async () => {
      // Most often the package lists are missing or old.
      await run(apt, ["update"]);
      await fetchPackage();
    });
    const archive = readdirSync(work).find((name) => name.endsWith(".deb")) ?? "";
    await run("dpkg-deb", ["--extract", join(work, archive), work]);
    renameSync(join(work, file.path), join(folder, basename(file.path)));
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    throw new SandboxError(`put ${basename(file.path)} on PATH and run this again; apt-get says:\n${said}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
