import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { serviceKind } from "../../components/live/cluster";
import { liveRouters } from "../../components/routers/live";
import { checkout } from "../../driver/checkout";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const [role] = parseAllDocuments(readFileSync(join(checkout, "docs/rbac/driver.yaml"), "utf8"));
const { rules } = role?.toJS() as { rules: readonly Rule[] };

/** What may be done with a resource. */
function verbsOf(group: string, resource: string): string[] {
  const found = rules.filter(({ apiGroups, resources }) => apiGroups.includes(group) && resources.includes(resource));
  return [...new Set(found.flatMap(({ verbs }) => verbs))].toSorted();
}

describe("the rights of a driver, in docs/rbac/driver.yaml", () => {
  for (const [name, router] of Object.entries(liveRouters)) {
    it(`are enough to read and move what ${name} splits requests by`, () => {
      for (const { apiVersion, kind } of [serviceKind, ...router.kinds]) {
        const group = apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "";
        const plural = `${kind.toLowerCase()}${kind.endsWith("s") ? "es" : "s"}`;
        assert.deepEqual(verbsOf(group, plural), ["get", "list", "patch", "watch"], `${group} ${plural}`);
      }
      for (const { apiVersion, kind } of router.reads ?? []) {
        const read = verbsOf(apiVersion.split("/")[0] ?? "", `${kind.toLowerCase()}s`);
        assert.deepEqual(read, ["get", "list", "watch"], `${apiVersion} ${kind}`);
      }
    });
  }

  it("are to keep a Lease, to write Events, to run Jobs, and to make or delete nothing else", () => {
    assert.deepEqual(verbsOf("coordination.k8s.io", "leases"), ["create", "get", "list", "update", "watch"]);
    assert.deepEqual(verbsOf("events.k8s.io", "events"), ["create"]);
    const making = rules.filter(({ verbs }) =>
      verbs.some((verb) => ["create", "update", "delete", "*"].includes(verb)),
    );
    assert.deepEqual(making.flatMap(({ resources }) => resources).toSorted(), ["events", "jobs", "leases"]);
    assert.ok(rules.every(({ apiGroups, resources }) => ![...apiGroups, ...resources].includes("*")));
  });
});
