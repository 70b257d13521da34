import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportLines } from "../../../sandbox/cluster/access";
import { identities, kubeconfig, newTokens, tokenFile } from "../../../sandbox/cluster/identities";
import { sandboxPaths } from "../../../sandbox/cluster/paths";
import { SandboxError } from "../../../sandbox/report";

describe("the paths of an embedded cluster", () => {
  let one: string;
  let two: string;
  beforeEach(() => {
    one = mkdtempSync(join(tmpdir(), "cyan-one-"));
    two = mkdtempSync(join(tmpdir(), "cyan-two-"));
  });
  afterEach(() => {
    for (const folder of [one, two]) rmSync(folder, { recursive: true });
  });

  it("are the same for one checkout and others for another", () => {
    const env = { XDG_STATE_HOME: "/state" };
    assert.deepEqual(sandboxPaths(one, env), sandboxPaths(`${one}/`, env));
    assert.notEqual(sandboxPaths(one, env).root, sandboxPaths(two, env).root);
    assert.notEqual(sandboxPaths(one, env).cgroup, sandboxPaths(two, env).cgroup);
  });

  it("are refused when a Unix socket could not be named in them", () => {
    assert.throws(() => sandboxPaths(one, { XDG_STATE_HOME: `/${"x".repeat(100)}` }), SandboxError);
  });
});

describe("the identities of an embedded cluster", () => {
  it("have a token each, and every token another", () => {
    const tokens = newTokens();
    assert.deepEqual(Object.keys(tokens), Object.keys(identities));
    assert.equal(new Set(Object.values(tokens)).size, Object.keys(identities).length);
    assert.ok(tokenFile(tokens).startsWith(`${tokens.admin},cyan:admin,admin,"system:masters"\n`));
  });

  it("have a kubeconfig that trusts the API server's own certificate under the name it signs for", () => {
    const config = JSON.parse(kubeconfig("https://127.0.0.1:1", "PEM", "secret")) as {
      clusters: { cluster: Record<string, string> }[];
    };
    assert.deepEqual(config.clusters[0]?.cluster, {
      server: "https://127.0.0.1:1",
      "tls-server-name": "localhost",
      "certificate-authority-data": Buffer.from("PEM").toString("base64"),
    });
  });
});

describe("the variables for a shell", () => {
  it("are quoted, so that eval takes any value as it is", () => {
    assert.equal(exportLines({ A: "it's $HOME" }), "export A='it'\\''s $HOME'\n");
  });
});
