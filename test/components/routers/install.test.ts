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

  it("is Traefik through its chart, reading ingress-nginx's annotations for the class nginx", async () => {
    const registered = await registeredBy(() => installController("traefik"));
    const traefik = registered.get("traefik");
    assert.equal(traefik?.type, "kubernetes:helm.sh/v3:Release");
    const { values, chart, namespace, createNamespace } = traefik.inputs as {
      values: { providers: unknown; ingressClass: unknown };
      chart: string;
      namespace: string;
      createNamespace: boolean;
    };
    assert.deepEqual([chart, namespace, createNamespace], ["traefik", "ingress", true]);
    assert.deepEqual(values.providers, {
      kubernetesIngressNGINX: { enabled: true, publishService: { enabled: true } },
      kubernetesIngress: { enabled: false },
    });
    assert.deepEqual(values.ingressClass, { enabled: true, name: "nginx", isDefaultClass: true });
  });
});
