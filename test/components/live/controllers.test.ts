import assert from "node:assert/strict";
import { type KubernetesObject, type Pod } from "../../../components/live/cluster";
import { controllersOf } from "../../../components/live/controllers";
import { isBefore, parseVersion } from "../../../components/model/controller";

const pod = (image: string, ...args: string[]): Pod => ({ spec: { containers: [{ image, args }] } });
const written = (manager: string, subresource?: string): KubernetesObject => ({
  metadata: { managedFields: [{ manager, ...(subresource && { subresource }) }] },
});
const nginx = pod(
  "registry.k8s.io/ingress-nginx/controller:v1.12.1@sha256:d2fbc4ec70d8aa2050dd91a91506e998765e86c96f32cffb56c503c9c34eed5b",
);
const traefik = pod("docker.io/library/traefik:v3.7.9", "--providers.kubernetesIngressNGINX");

describe("the controllers that act on Ingresses", () => {
  it("are those that wrote their status, with the version that their pods have", () => {
    const status = written("traefik", "status");
    assert.deepEqual(controllersOf([status], undefined), [{ kind: "traefik" }]);
    assert.deepEqual(controllersOf([status], [nginx, traefik]), [{ kind: "traefik", version: [3, 7, 9] }]);
    assert.deepEqual(controllersOf([written("nginx-ingress-controller", "status")], []), [{ kind: "ingress-nginx" }]);
  });

  it("are those whose pods run, before any of them wrote a status", () => {
    assert.deepEqual(controllersOf([written("pulumi-kubernetes")], [nginx, traefik]), [
      { kind: "ingress-nginx", version: [1, 12, 1] },
      { kind: "traefik", version: [3, 7, 9] },
    ]);
  });

  it("are not a Traefik without the provider, nor pods of others", () => {
    assert.equal(controllersOf([], [pod("traefik:v3.7.9", "--providers.kubernetesingress"), pod("shop:1")]), undefined);
  });

  it("are unknown when nothing tells", () => {
    assert.equal(controllersOf([written("traefik")], undefined), undefined);
  });

  it("have versions that are read from tags, and compared by number", () => {
    assert.deepEqual(parseVersion("v3.7"), [3, 7, 0]);
    assert.equal(parseVersion("latest"), undefined);
    assert.equal(isBefore([3, 7, 9], [3, 7, 10]), true);
    assert.equal(isBefore([3, 7, 10], [3, 7, 10]), false);
    assert.equal(isBefore([3, 10, 0], [3, 7, 10]), false);
  });
});
