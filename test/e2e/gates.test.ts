import assert from "node:assert/strict";
import { stackOfBlock } from "../support/embedded-stack";

const quick = { readyTimeout: "30s", drain: "0s", "gate.timeout": "3s", "services.shop.readyFor": "0s" };
const green = { activeColor: "green" };
const broken = { "services.shop.green.env.ERROR_RATE": "1" };
/** The demo as a smoke test: there is no DNS in the cluster, so it goes by what the kubelet tells of the Service. */
const smoke = {
  "gate.job.image": "cyan.local/demo:v1",
  "gate.job.imagePullPolicy": "Never",
  "gate.job.timeout": "20s",
  "gate.job.env.CHECK": "http://$(SHOP_GREEN_SERVICE_HOST)/",
};
const http = { "gate.http.contains": '"color":"green"', "gate.http.timeout": "2s", "gate.http.period": "1s" };
/** Long enough for a busy machine: pods that were exchanged just now may still be asked. */
const patient = { ...http, ...smoke, "gate.http.timeout": "20s", "gate.job.timeout": "60s", "gate.timeout": "20s" };
/** A second service, for callers inside the cluster. */
const api = {
  "services.api": {
    ...{ port: 80, containerPort: 8080, replicas: 1, imagePullPolicy: "Never", ingress: false, readyFor: "0s" },
    ...{ preStop: "0s", terminationGrace: "5s", resources: { requests: { cpu: "10m", memory: "16Mi" } } },
    probes: { readiness: { path: "/readyz", period: "1s" }, startup: { path: "/healthz", period: "1s" } },
    blue: { image: "cyan.local/demo:v1" },
    green: { image: "cyan.local/demo:v2" },
  },
};

describe("the gates on the embedded cluster", () => {
  const stack = stackOfBlock(quick);

  const refused = (changes: Record<string, unknown>, ...said: readonly RegExp[]): void => {
    stack().declare(changes);
    const { ok, out } = stack().up();
    assert.equal(ok, false, out);
    for (const each of said) assert.match(out, each);
    assert.doesNotMatch(out, /^ +at /m);
    assert.equal(stack().shopTraffic().main, "shop-blue");
  };
  const jobs = (): number =>
    stack().kubectl("get", "jobs", "-l", "cyan.dev/gate=job", "-o", "name").split("cyan-gate-").length - 1;

  before(() => {
    stack().reach();
  });

  it("refuse a flip to a color that is ready and answers wrongly, and say what it answers", () => {
    refused(
      { ...green, ...broken, ...http, ...smoke },
      /the http gate did not hold within 2s, and no traffic was moved/,
      /shop green: GET \/ answers 500, not 200: \{"color":"green"/,
    );
    assert.equal(jobs(), 0);
  });

  it("refuse a first weight when their Job fails, and show its log", () => {
    refused(
      { ...broken, ...smoke, canaryWeight: "5" },
      /the job gate did not hold within 20s/,
      /Job cyan-gate-\w+: it failed \(BackoffLimitExceeded/,
      /http:\/\/[\d.]+\/ answers 500 Internal Server Error/,
      /the smoke test failed/,
    );
    assert.equal(jobs(), 1);
    assert.equal(stack().field("job", ".items[0].spec.ttlSecondsAfterFinished"), "3600");
  });

  it("let a weight and a flip pass when both hold, and are not asked again by a weight that grows or a rollback", () => {
    // The same update mends green, whose pods answered wrongly until now.
    stack().reach({ ...patient, canaryWeight: "5" });
    assert.equal(jobs(), 2);
    const exchanged = '.status.conditions[?(@.type=="Progressing")].lastUpdateTime';
    const newest = ["--sort-by=.metadata.creationTimestamp", "-o", "jsonpath={.items[-1:].metadata.creationTimestamp}"];
    const began = Date.parse(stack().kubectl("get", "jobs", "-l", "cyan.dev/gate=job", ...newest));
    const after = began - Date.parse(stack().field("deployment/shop-green", exchanged));
    // The former pods serve on for the 5 s of their preStop; the API's times are in whole seconds.
    assert.ok(after >= 3_000, `the Job began ${after} ms after the pods were exchanged`);
    stack().reach({ ...patient, canaryWeight: "20" });
    assert.equal(jobs(), 2);
    stack().reach({ ...patient, ...green });
    assert.equal(jobs(), 3);
    const back = stack().reach({ ...patient });
    assert.equal(jobs(), 3, back.out);
    assert.equal(stack().shopTraffic().main, "shop-blue");
  });

  it("move none of two services when one has too few endpoints, unless it is forced, which is recorded until the next update", () => {
    stack().reach(api);
    const flip = { ...api, ...green, "services.shop.green.replicas": 1 };
    refused(
      flip,
      /the capacity gate did not hold within 3s/,
      /shop green: 1 of 2 ready endpoints for 100 % of the requests/,
    );
    const selects = ".spec.selector.cyan\\.dev/color";
    assert.equal(stack().field("service/api", selects), "blue");

    const forced = stack().reach({ ...flip, "gate.force": true });
    assert.match(forced.out, /gate\.force is set: traffic moves although these gates do not hold/);
    assert.equal(stack().shopTraffic().main, "shop-green");
    assert.equal(stack().field("service/api", selects), "green");
    const record = ".metadata.annotations.cyan\\.dev/forced";
    for (const object of ["ingress/shop", "ingress/shop-canary", "service/shop", "service/api"]) {
      assert.match(stack().field(object, record), /^capacity: shop green: 1 of 2 ready endpoints/, object);
    }
    stack().reach(flip);
    for (const object of ["ingress/shop", "service/api"]) assert.equal(stack().field(object, record), "", object);
  });
});
