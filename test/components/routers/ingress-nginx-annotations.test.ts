import assert from "node:assert/strict";
import fc from "fast-check";
import {
  affinityAnnotations,
  annotationNames,
  canaryAnnotations,
  scaledWeight,
} from "../../../components/routers/ingress-nginx/annotations";

const percent = fc.integer({ min: 0, max: 100 });
const total = fc.integer({ min: 100, max: 1_000_000 });

describe("a weight that is scaled to a total", () => {
  it("is nothing at 0, everything at 100, and neither in between", () => {
    fc.assert(
      fc.property(percent, total, (share, of) => {
        const weight = scaledWeight(share, of);
        assert.equal(weight === 0, share === 0);
        assert.equal(weight === of, share === 100);
      }),
    );
  });

  it("is within half a part of the share that was asked for, and grows with it", () => {
    fc.assert(
      fc.property(percent, total, (share, of) => {
        assert.ok(Math.abs(scaledWeight(share, of) - (share * of) / 100) <= 0.5);
        if (share > 0) assert.ok(scaledWeight(share, of) > scaledWeight(share - 1, of));
      }),
    );
  });
});

describe("a main Ingress's annotations of sessions", () => {
  const prefix = "nginx.ingress.kubernetes.io";
  const sessions = (activeColor: "blue" | "green", maxAge?: number) => {
    const affinity = { cookie: "shop", ...(maxAge && { maxAge: { seconds: maxAge } }) };
    return affinityAnnotations({ activeColor, canaryWeight: 0 }, { mirror: 0, weightTotal: 100, affinity });
  };

  it("name a cookie that a flip changes, and how long it lasts", () => {
    assert.deepEqual(sessions("blue", 3600), {
      [`${prefix}/affinity`]: "cookie",
      [`${prefix}/session-cookie-name`]: "shop-blue",
      [`${prefix}/session-cookie-max-age`]: "3600",
    });
    assert.deepEqual(sessions("green"), {
      [`${prefix}/affinity`]: "cookie",
      [`${prefix}/session-cookie-name`]: "shop-green",
    });
  });

  it("are none where no sessions are wanted", () => {
    assert.deepEqual(
      affinityAnnotations({ activeColor: "blue", canaryWeight: 0 }, { mirror: 0, weightTotal: 100 }),
      {},
    );
  });
});

describe("a canary's annotations", () => {
  it("keep the users that it has, but at weight 0 let them all go", () => {
    const canary = { mirror: 0, weightTotal: 100, affinity: { cookie: "shop" } };
    const sessions = (canaryWeight: number) =>
      canaryAnnotations({ activeColor: "blue", canaryWeight }, canary)[annotationNames.sessionsOfCanary];
    assert.deepEqual([0, 1, 100].map(sessions), ["legacy", "sticky", "sticky"]);
    const none = canaryAnnotations({ activeColor: "blue", canaryWeight: 5 }, { mirror: 0, weightTotal: 100 });
    assert.ok(!(annotationNames.sessionsOfCanary in none));
  });

  it("carry header, cookie and weight together", () => {
    const canary = { header: "X-User", headerPattern: "^beta-", cookie: "beta", mirror: 0, weightTotal: 200 };
    const prefix = "nginx.ingress.kubernetes.io";
    assert.deepEqual(canaryAnnotations({ activeColor: "blue", canaryWeight: 10 }, canary), {
      [`${prefix}/canary`]: "true",
      [`${prefix}/canary-weight`]: "20",
      [`${prefix}/canary-weight-total`]: "200",
      [`${prefix}/canary-by-header`]: "X-User",
      [`${prefix}/canary-by-header-pattern`]: "^beta-",
      [`${prefix}/canary-by-cookie`]: "beta",
    });
  });
});
