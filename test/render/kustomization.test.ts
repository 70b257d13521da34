import assert from "node:assert/strict";
import { imagesIn } from "../../render/kustomization";
import { type Manifest } from "../../render/manifest";

const running = (...images: readonly string[]): Manifest[] =>
  images.map((image) => ({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "shop" },
    spec: { template: { spec: { containers: [{ image }] } } },
  }));

describe("the images of a kustomization", () => {
  it("are by tag or by digest, as they are declared, also on a registry with a port", () => {
    assert.deepEqual(imagesIn(running("shop:1", "host:5000/api:2", `web@sha256:${"a".repeat(64)}`)), [
      { name: "host:5000/api", newTag: "2" },
      { name: "shop", newTag: "1" },
      { name: "web", digest: `sha256:${"a".repeat(64)}` },
    ]);
  });

  it("leave out what kustomize could not write again as it is", () => {
    assert.deepEqual(imagesIn(running("shop:1", "shop:2", "host:5000/bare", "api:1@sha256:b")), []);
  });

  it("are none where nothing runs", () => {
    assert.deepEqual(imagesIn([{ apiVersion: "v1", kind: "Service", metadata: { name: "shop" }, spec: {} }]), []);
  });
});
