import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/**
 * Writes a file whole or not at all: node_exporter may read it at any time. What is written first has no name that it reads.
 *
 * @throws Error when it cannot be written.
 */
export function writeTextfile(path: string, text: string, pid: number): void {
  const part = `${path}.${pid}`;
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(part, text, { mode: 0o644 });
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
}
