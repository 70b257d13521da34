import assert from "node:assert/strict";
import { assign, AssignError } from "../../../components/config/assign";

const config = { canaryWeight: "5", services: { shop: { port: 80, args: ["a", "b"] } } };

describe("setting a value of the config by its path", () => {
  for (const [path, value, expected] of [
    ["canaryWeight", "20", { ...config, canaryWeight: "20" }],
    ["activeColor", "green", { ...config, activeColor: "green" }],
    ["services.shop.port", "81", { ...config, services: { shop: { port: 81, args: ["a", "b"] } } }],
    ['services["shop"].args[1]', "c", { ...config, services: { shop: { port: 80, args: ["a", "c"] } } }],
    ["services.shop.args[2]", "c", { ...config, services: { shop: { port: 80, args: ["a", "b", "c"] } } }],
    ["gate.force", "true", { ...config, gate: { force: true } }],
    ["gate.minReady", "-1", { ...config, gate: { minReady: -1 } }],
    ["a.b", "0123", { ...config, a: { b: "0123" } }],
    ["a.b", "1.5", { ...config, a: { b: "1.5" } }],
    ["a.b", "", { ...config, a: { b: "" } }],
    ["a.b", "99999999999999999999", { ...config, a: { b: "99999999999999999999" } }],
    ['ingress.annotations["a.b/c\\"d"]', "x", { ...config, ingress: { annotations: { 'a.b/c"d': "x" } } }],
    ["canaryWeight.x", "1", { ...config, canaryWeight: { x: 1 } }],
    ["list[1]", "x", { ...config, list: [null, "x"] }],
  ] as const) {
    it(`puts ${value || "an empty text"} at ${path}`, () => {
      const before = structuredClone(config);
      assert.deepEqual(assign(config, path, value), expected);
      assert.deepEqual(config, before);
    });
  }

  for (const [path, message] of [
    ["", '"" does not begin with the name of a key'],
    [".a", '.a: ".a" is no part of a path'],
    ["a..b", 'a..b: "..b" is no part of a path'],
    ["a[b]", 'a[b]: "[b]" is no part of a path'],
    ["[0]", '"[0]" does not begin with the name of a key'],
    ["services.shop.args.x", 'services.shop.args.x: "x" is no index of a list'],
    ["services[0]", "services[0]: 0 is no key of a map"],
    ["services.shop.args[3]", "services.shop.args[3]: the list has 2 values, and 3 is past its end"],
    ["services.shop.port.x", 'services.shop.port.x: what stands at "port" is no map or list'],
  ] as const) {
    it(`refuses ${path || "an empty path"}`, () => {
      assert.throws(() => assign(config, path, "1"), new AssignError(message));
    });
  }
});
