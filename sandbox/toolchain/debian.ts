import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { type Reporter, SandboxError } from "../report";
import { findExecutable } from "./locate";

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
