import assert from "node:assert/strict";
import fc from "fast-check";
import { parsePeer } from "../../../components/model/peer";

describe("a peer", () => {
  it("is a namespace or a range of addresses, and on a port if it says one", () => {
    assert.deepEqual(parsePeer("ingress"), { namespace: "ingress" });
    assert.deepEqual(parsePeer("monitoring:9090"), { namespace: "monitoring", port: 9090 });
    assert.deepEqual(parsePeer("10.0.0.0/8"), { cidr: "10.0.0.0/8" });
    assert.deepEqual(parsePeer("192.0.2.7/32:5432"), { cidr: "192.0.2.7/32", port: 5432 });
    assert.deepEqual(parsePeer("2001:db8::/32"), { cidr: "2001:db8::/32" });
    assert.deepEqual(parsePeer("2001:db8::/32:443"), { cidr: "2001:db8::/32", port: 443 });
  });

  it("is nothing else", () => {
    for (const text of [
      "",
      "Ingress",
      "-a",
      "a.b",
      "10.0.0.1",
      "10.0.0.0/33",
      "10.0.0/8",
      "2001:db8::/129",
      "a/8",
      "10.0.0.0/8/8",
      "10.0.0.0/",
      "a:0",
      "a:65536",
      "a:b",
      ":80",
      "x".repeat(64),
    ]) {
      assert.equal(parsePeer(text), undefined, text);
    }
  });

  it("has the port that it says, from 1 to 65535", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70_000 }), (port) => {
        const valid = port >= 1 && port <= 65_535;
        assert.deepEqual(parsePeer(`db:${port}`), valid ? { namespace: "db", port } : undefined);
      }),
    );
  });
});
