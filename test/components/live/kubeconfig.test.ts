import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { Agent, RequestOptions } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { stringify } from "yaml";
import { plainAccess, readAccess } from "../../../components/live/kubeconfig";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

interface Parts {
  readonly cluster?: object;
  readonly user?: object;
}

const kubeconfig = ({ cluster = {}, user = {} }: Parts = {}): string =>
  stringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "here",
    contexts: [
      { name: "here", context: { cluster: "here", user: "me", namespace: "elsewhere" } },
      { name: "there", context: { cluster: "there", user: "me" } },
    ],
    clusters: [
      { name: "here", cluster: { server: "https://here:6443", ...cluster } },
      { name: "there", cluster: { server: "http://127.0.0.1:8001/" } },
    ],
    users: [{ name: "me", user }],
  });

const plain = (text: string, context?: string) => plainAccess({ text, folder: "/" }, context);

/** What a connection is made with, of both ways to make it. */
function connection({ headers, agent }: RequestOptions) {
  const { ca, cert, key, servername, rejectUnauthorized } = (agent as Agent).options;
  const text = (value: unknown) => (Buffer.isBuffer(value) ? value.toString() : undefined);
  const authorization = Object.entries(headers ?? {}).find(([name]) => name.toLowerCase() === "authorization")?.[1];
  return { ca: text(ca), cert: text(cert), key: text(key), servername, rejectUnauthorized, authorization };
}

describe("a kubeconfig", () => {
  it("is read as the client library reads it, where certificates or a token are all that it has", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cyan-kubeconfig-"));
    try {
      const file = (name: string): string => {
        writeFileSync(join(folder, name), name);
        return join(folder, name);
      };
      const cases: Parts[] = [
        { user: { token: "t" } },
        {
          cluster: { "certificate-authority-data": base64("ca"), "tls-server-name": "localhost" },
          user: { "client-certificate-data": base64("cert"), "client-key-data": base64("key") },
        },
        {
          cluster: { "certificate-authority": file("ca"), extensions: [{ name: "minikube" }] },
          user: { "client-certificate": file("cert"), "client-key": file("key") },
        },
      ];
      for (const parts of cases) {
        const library = new KubeConfig();
        library.loadFromString(kubeconfig(parts));
        const theirs: RequestOptions = {};
        await library.applyToHTTPSOptions(theirs);
        const access = plain(kubeconfig(parts));
        assert.equal(access?.server, "https://here:6443");
        assert.deepEqual(connection(await access.options()), connection(theirs));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("names files from its own folder", async () => {
    const folder = mkdtempSync(join(tmpdir(), "cyan-kubeconfig-"));
    try {
      writeFileSync(join(folder, "ca.crt"), "ca");
      writeFileSync(join(folder, "config"), kubeconfig({ cluster: { "certificate-authority": "ca.crt" } }));
      const access = await readAccess({}, { KUBECONFIG: join(folder, "config") });
      assert.equal(connection(await access.options()).ca, "ca");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("is asked for the context that is wanted", async () => {
    const { server } = await readAccess({ kubeconfig: kubeconfig(), context: "there" });
    assert.equal(server, "http://127.0.0.1:8001");
  });

  for (const [what, parts] of Object.entries<Parts>({
    "a plugin": { user: { exec: { command: "aws" } } },
    "a password": { user: { username: "me", password: "p" } },
    "a token in a file, which changes": { user: { tokenFile: "/token" } },
    "a proxy": { cluster: { "proxy-url": "socks5://localhost:1080" } },
    "a server whose certificate is not checked": { cluster: { "insecure-skip-tls-verify": true } },
  })) {
    it(`is left to the client library when it has ${what}`, () => {
      assert.equal(plain(kubeconfig(parts)), undefined);
    });
  }

  it("that has a plugin is read by the client library", async () => {
    const credential = {
      apiVersion: "client.authentication.k8s.io/v1",
      kind: "ExecCredential",
      status: { token: "t" },
    };
    const exec = {
      apiVersion: "client.authentication.k8s.io/v1",
      command: process.execPath,
      args: ["-p", JSON.stringify(JSON.stringify(credential))],
    };
    const access = await readAccess({ kubeconfig: kubeconfig({ user: { exec } }) });
    assert.equal(access.server, "https://here:6443");
    assert.equal(connection(await access.options()).authorization, "Bearer t");
  });

  it("without the context that is wanted is refused by name", async () => {
    await assert.rejects(
      readAccess({ kubeconfig: kubeconfig(), context: "nowhere" }),
      new Error("the kubeconfig has no context nowhere"),
    );
  });

  it("that is no YAML is refused", async () => {
    await assert.rejects(readAccess({ kubeconfig: "{ a: [" }));
  });
});
