import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { builtInAnalysis, builtInSelectors, controllers, detectController } from "../../../driver/analysis/built-in";
import { fillIn } from "../../../driver/analysis/variables";
import { dashboardQueries } from "../../support/dashboard";

interface Dashboard {
  readonly panels: readonly { readonly title: string; readonly targets: readonly { readonly expr: string }[] }[];
}

describe("built-in metrics", () => {
  const color = (environment: string, otherEnvironment: string): RegExp => {
    const variables = { service: "shop", color: "", environment, otherEnvironment, namespace: "cyan-dev", window: "" };
    const [selector = ""] = builtInSelectors.traefik.total;
    // Prometheus matches a label's whole value.
    return new RegExp(`^(?:${/service=~"([^"]*)"/.exec(fillIn(selector, variables) as string)?.[1] ?? ""})$`);
  };

  it("tell the colors apart by the names that Traefik 3.7 gives their backends", () => {
    // As Traefik exports them, before a flip and after it.
    const names = {
      blue: ["cyan-dev-shop-shop-blue-80", "cyan-dev-shop-shop-green-80-canary"],
      green: ["cyan-dev-shop-shop-blue-80-canary", "cyan-dev-shop-shop-green-80"],
    };
    const [blue, green] = [color("shop-blue", "shop-green"), color("shop-green", "shop-blue")];
    for (const name of names.blue) {
      assert.deepEqual(
        [blue, green].map((each) => each.test(`${name}@kubernetesingressnginx`)),
        [true, false],
        name,
      );
    }
    for (const name of names.green) {
      assert.deepEqual(
        [blue, green].map((each) => each.test(`${name}@kubernetesingressnginx`)),
        [false, true],
        name,
      );
    }
    for (const other of [
      "cyan-dev-shop-preview-shop-preview-80",
      "cyan-dev-shop-shop-blue-80-wrr",
      "other-shop-shop-blue-80",
    ]) {
      assert.ok(![blue, green].some((each) => each.test(`${other}@kubernetesingressnginx`)), other);
    }
  });

  it("are an analysis of errors and latency, for each controller", () => {
    for (const controller of controllers) {
      const { metrics, level } = builtInAnalysis({ prometheus: "http://prometheus:9090", controller });
      assert.deepEqual(
        metrics.map(({ name, judge }) => `${name}: ${judge}`),
        ["errors: proportion", "p95 latency: quantile"],
      );
      assert.equal(level, 0.01);
    }
    assert.throws(() => builtInAnalysis({ prometheus: "nowhere", controller: "traefik" }), {
      message: "the address of Prometheus is no URL; write one such as https://prometheus.example.com",
    });
  });

  it("are those of the controller that Prometheus knows", async () => {
    const knows = (name: string) => detectController((query) => Promise.resolve(query.includes(name)));
    assert.equal(await knows("traefik_"), "traefik");
    assert.equal(await knows("nginx_"), "ingress-nginx");
    assert.equal(await knows("envoy_"), undefined);
  });

  it("are what the Grafana dashboard shows", () => {
    const file = join(__dirname, "..", "..", "..", "docs", "grafana", "cyan.json");
    const { panels } = JSON.parse(readFileSync(file, "utf8")) as Dashboard;
    const shown = Object.fromEntries(panels.map(({ title, targets }) => [title, targets.map(({ expr }) => expr)]));
    assert.deepEqual(shown, dashboardQueries());
  });
});
