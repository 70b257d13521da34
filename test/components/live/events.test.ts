import assert from "node:assert/strict";
import { type ClusterEvent, connectEvents } from "../../../components/live/events";
import { type Answer, WebServer } from "../../support/web";

const event: ClusterEvent = {
  regarding: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "shop", uid: "u1" },
  ...{ type: "Warning", reason: "ReleaseTakenBack", action: "TakeBack", note: "5 % of 200", instance: "ada@one" },
  at: new Date("2026-11-24T12:00:00.123Z"),
};

describe("the Events of a namespace", () => {
  let server: WebServer;
  let answer: Answer;
  beforeEach(async () => {
    server = await WebServer.start(() => answer);
  });
  afterEach(() => server.stop());

  const create = async (): Promise<boolean> => {
    const kubeconfig = JSON.stringify({
      clusters: [{ name: "c", cluster: { server: server.url } }],
      users: [{ name: "u", user: { token: "t" } }],
      contexts: [{ name: "x", context: { cluster: "c", user: "u" } }],
      "current-context": "x",
    });
    return (await connectEvents("shop", { kubeconfig })).create(event);
  };

  it("are created with what the API server asks of new ones", async () => {
    answer = { status: 201, body: {} };
    assert.equal(await create(), true);
    const [{ method, url, body } = assert.fail("nothing was asked")] = server.received;
    assert.deepEqual([method, url], ["POST", "/apis/events.k8s.io/v1/namespaces/shop/events"]);
    assert.deepEqual(JSON.parse(body), {
      ...{ apiVersion: "events.k8s.io/v1", kind: "Event", metadata: { generateName: "shop-", namespace: "shop" } },
      regarding: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", name: "shop", uid: "u1", namespace: "shop" },
      ...{ type: "Warning", reason: "ReleaseTakenBack", action: "TakeBack", note: "5 % of 200" },
      eventTime: "2026-11-24T12:00:00.123000Z",
      ...{ reportingController: "cyan.dev/driver", reportingInstance: "ada@one" },
    });
  });

  it("are not created where we may not, and any other refusal is an error", async () => {
    answer = { status: 403, body: { message: "events.events.k8s.io is forbidden" } };
    assert.equal(await create(), false);
    answer = { status: 422, body: { message: "note: can have at most 1024 characters" } };
    await assert.rejects(create(), /at most 1024/);
  });
});
