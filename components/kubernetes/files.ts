import { basename } from "node:path";
import type { types } from "@pulumi/kubernetes";

type VolumeMount = types.input.core.v1.VolumeMount;

/** A text that a container finds at a path, and the key of the object that keeps it. */
export interface KeyedFile {
  readonly key: string;
  readonly path: string;
  readonly text: string;
}

/** Files by path, each with a key that no other has, and that no environment variable can have. */
export function keyedFiles(files: Readonly<Record<string, string>>): readonly KeyedFile[] {
  return Object.entries(files)
    .toSorted(([one], [other]) => (one < other ? -1 : 1))
    .map(([path, text], index) => ({ key: `${index}-${basename(path)}`, path, text }));
}

/** What an object keeps for these files. */
export function dataOf(files: readonly KeyedFile[]): Record<string, string> {
  return Object.fromEntries(files.map(({ key, text }) => [key, text]));
}

/** Each file at its own path, so that what the image has beside it stays. The objects never change, and need no refresh. */
export function mountsOf(volume: string, files: readonly KeyedFile[]): VolumeMount[] {
  return files.map(({ key, path }) => ({ name: volume, mountPath: path, subPath: key, readOnly: true }));
}
