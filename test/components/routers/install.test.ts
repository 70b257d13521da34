import assert from "node:assert/strict";
import { installController } from "../../../components/routers/install";
import { registeredBy } from "../../support/mocks";

describe("the ingress controller that a stack installs", () => {
  it("is none by default", async () => {
    const registered = await registeredBy(() => installController("none"));
    assert.deepEqual([...registered.keys()], ["cyan-test"]);
  });

  it("is ingress-nginx through its own component, in a namespace that is there first", async () => {
    const registered = await registeredBy(() => installController("ingress-nginx"));
    const controller = registered.get("ingress-nginx");
    assert.equal(controller?.type, "kubernetes-ingress-nginx:index:IngressController");
    assert.deepEqual(controller.dependencies, ["ingress"]);
    assert.deepEqual(controller.inputs, {
      controller: { publishService: { enabled: true }, ingressClassResource: { name: "nginx", default: true } },
      helmOptions: { namespace: "ingress" },
    });
  });

  it("is a Traefik that reads canary annotations, through its chart", async () => {
    const registered = await registeredBy(() => installController("traefik"));
    const traefik = registered.get("traefik");
    assert.equal(traefik?.type, "kubernetes:helm.sh/v3:Release");
    const { values, chart, version, namespace, createNamespace } = traefik.inputs as {
      values: unknown;
      chart: string;
      version: string;
      namespace: string;
      createNamespace: boolean;
    };
    assert.deepEqual([chart, namespace, createNamespace], ["traefik", "ingress", true]);
    assert.ok(Number(version.split(".")[0]) >= 40, "charts before 40 bring a Traefik before 3.7");
    assert.deepEqual(values, {
      ingressClass: { enabled: false },
      providers: {
        kubernetesIngressNGINX: { enabled: true, publishService: { enabled: true } },
        kubernetesIngress: { enabled: false },
        kubernetesCRD: { enabled: true, allowEmptyServices: true },
      },
      deployment: { replicas: 2 },
    });
  });

  it("gives Traefik the class that its provider looks for: one of ingress-nginx's controller", async () => {
    const registered = await registeredBy(() => installController("traefik"));
    assert.deepEqual(registered.get("nginx")?.inputs, {
      apiVersion: "networking.k8s.io/v1",
      kind: "IngressClass",
      metadata: { name: "nginx", annotations: { "ingressclass.kubernetes.io/is-default-class": "true" } },
      spec: { controller: "k8s.io/ingress-nginx" },
    });
  });
});
