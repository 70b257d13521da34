import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Api, ApiError } from "../../../components/live/api";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const json =
  (body: unknown, status = 200): Answer =>
  (_, response) => {
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  };

const ingresses = {
  resources: [
    { kind: "Ingress", name: "ingresses", namespaced: true },
    { kind: "Ingress", name: "ingresses/status", namespaced: true },
    { kind: "IngressClass", name: "ingressclasses", namespaced: false },
  ],
};
const ingress = { apiVersion: "networking.k8s.io/v1", kind: "Ingress" };

describe("the API server", () => {
  let server: Server;
  let answers: Record<string, Answer>;
  let asked: string[];
  let agent: Agent;
  let api: Api;

  beforeEach(async () => {
    answers = {};
    asked = [];
    server = createServer((request, response) => {
      const line = `${request.method ?? ""} ${request.url ?? ""}`;
      asked.push(line);
      (answers[line] ?? json({ message: `no ${line}` }, 404))(request, response);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    agent = new Agent({ keepAlive: true });
    const options = () => Promise.resolve({ agent, headers: { authorization: "Bearer t" } });
    api = new Api({ server: `http://127.0.0.1:${port}`, options });
  });

  afterEach(() => {
    agent.destroy();
    server.close();
    server.closeAllConnections();
  });

  it("is asked with the credentials, and lists objects with their times as dates", async () => {
    const creationTimestamp = "2026-01-02T03:04:05Z";
    let authorization: string | undefined;
    answers["GET /api/v1/services?labelSelector=a%3Db"] = (request, response) => {
      authorization = request.headers.authorization;
      const managedFields = [{ manager: "cyan", time: creationTimestamp }];
      json({ items: [{ metadata: { name: "shop", creationTimestamp, managedFields } }, {}] })(request, response);
    };
    const found = await api.list("/api/v1/services", { labelSelector: "a=b" });
    const date = new Date(creationTimestamp);
    assert.deepEqual(found, [
      { metadata: { name: "shop", creationTimestamp: date, managedFields: [{ manager: "cyan", time: date }] } },
      {},
    ]);
    assert.equal(authorization, "Bearer t");
  });

  it("is sent a body of the type that it is", async () => {
    let sent = "";
    answers["PATCH /a"] = (request, response) => {
      request.on("data", (chunk: Buffer) => (sent += chunk.toString()));
      request.on("end", () => {
        json({ type: request.headers["content-type"] })(request, response);
      });
    };
    const contentType = "application/merge-patch+json";
    const answer = await api.ask("/a", { method: "PATCH", body: { spec: "ä" }, contentType });
    assert.deepEqual([answer, sent], [{ type: contentType }, '{"spec":"ä"}']);
  });

  it("is quoted when it refuses", async () => {
    answers["GET /a"] = json({ kind: "Status", message: 'services is forbidden: User "me"' }, 403);
    await assert.rejects(api.ask("/a"), new ApiError('services is forbidden: User "me"', 403));
    answers["GET /b"] = (_, response) => response.writeHead(502).end("<html>");
    await assert.rejects(api.ask("/b"), new ApiError("HTTP status 502: <html>", 502));
  });

  it("is asked once where the objects of a kind are", async () => {
    answers["GET /apis/networking.k8s.io/v1"] = json(ingresses);
    assert.deepEqual(
      await Promise.all([
        api.pathOf(ingress, { namespace: "n", name: "shop" }),
        api.pathOf({ ...ingress, kind: "IngressClass" }, { namespace: "n" }),
        api.pathOf({ ...ingress, kind: "Nothing" }, { namespace: "n" }),
      ]),
      [
        "/apis/networking.k8s.io/v1/namespaces/n/ingresses/shop",
        "/apis/networking.k8s.io/v1/ingressclasses",
        undefined,
      ],
    );
    assert.equal(asked.length, 1);
  });

  it("is asked again for a group that it did not know", async () => {
    const kind = { apiVersion: "traefik.io/v1alpha1", kind: "TraefikService" };
    assert.equal(await api.pathOf(kind, {}), undefined);
    answers["GET /apis/traefik.io/v1alpha1"] = json({
      resources: [{ kind: "TraefikService", name: "traefikservices", namespaced: true }],
    });
    assert.equal(await api.pathOf(kind, { namespace: "n" }), "/apis/traefik.io/v1alpha1/namespaces/n/traefikservices");
  });

  it("is asked again when it closed a connection that was kept", async () => {
    let times = 0;
    answers["GET /a"] = (request, response) => {
      times += 1;
      if (times === 2) request.socket.resetAndDestroy();
      else json({ times })(request, response);
    };
    assert.deepEqual(await api.ask("/a"), { times: 1 });
    assert.deepEqual(await api.ask("/a"), { times: 3 });
  });

  it("is not asked twice to make an object", async () => {
    let times = 0;
    answers["POST /a"] = (request, response) => {
      times += 1;
      if (times === 2) request.socket.resetAndDestroy();
      else json({ times })(request, response);
    };
    await api.ask("/a", { method: "POST", body: {} });
    await assert.rejects(api.ask("/a", { method: "POST", body: {} }), { code: "ECONNRESET" });
  });

  it("gives any status for an answer of what it leads to, and no more than its first mebibyte", async () => {
    answers["GET /a"] = (_, response) => response.writeHead(500).end("x".repeat(2_000_000));
    const { status, body } = await api.get("/a", new AbortController().signal);
    assert.deepEqual([status, body.length], [500, 1_048_576]);
  });

  it("tells each change of what is watched, and is watched anew when it ends that", async () => {
    const path = "GET /a?fieldSelector=metadata.name%3Dshop&watch=true";
    let open: ServerResponse | undefined;
    answers[path] = (_, response) => {
      response.writeHead(200).write('{"type":"ADDED"}\n');
      open = response;
    };
    const stop = new AbortController();
    const changes: number[] = [];
    await api.watch(
      "/a",
      { fieldSelector: "metadata.name=shop" },
      () => {
        const watches = asked.filter((line) => line === path).length;
        changes.push(watches);
        if (watches === 1) open?.end();
        if (watches === 2) stop.abort();
      },
      stop.signal,
    );
    assert.deepEqual(changes, [0, 1, 1, 2]);
  });

  it("is left alone for a moment when it refuses to be watched", async () => {
    const stop = new AbortController();
    let calls = 0;
    await api.watch(
      "/nothing",
      {},
      () => {
        calls += 1;
        if (calls === 2) stop.abort();
      },
      stop.signal,
    );
    assert.equal(calls, 2);
  });
});
