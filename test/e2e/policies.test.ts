import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { buildPack } from "../../policies/build";
import { sandboxStatus, shellVariables } from "../../sandbox/cluster/access";
import { down } from "../../sandbox/cluster/down";
import { sandboxPaths } from "../../sandbox/cluster/paths";

const checkout = join(__dirname, "..", "..");
const paths = sandboxPaths(checkout, process.env);
const wasUp = sandboxStatus(paths).state === "ready";
const work = mkdtempSync(join(tmpdir(), "cyan-policies-"));

interface Ending {
  readonly status: number | null;
  readonly out: string;
}

function run(command: string, args: readonly string[], cwd = checkout): Ending {
  const env = { ...process.env, ...shellVariables(paths, process.env), NO_COLOR: "1" };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, env, encoding: "utf8" });
  return { status, out: stdout + stderr };
}

const kubectl = (...args: string[]): string => {
  const { status, out } = run("kubectl", ["--namespace", "cyan-dev", ...args]);
  assert.equal(status, 0, out);
  return out;
};

type Values = Readonly<Record<string, unknown>>;

/** `over` laid on `base`, map by map. */
function laidOn(base: unknown, over: unknown): unknown {
  const isMap = (value: unknown): value is Values =>
    typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap(base) || !isMap(over)) return over;
  return {
    ...base,
    ...Object.fromEntries(Object.entries(over).map(([key, value]) => [key, laidOn(base[key], value)])),
  };
}

const dev = parse(readFileSync(join(checkout, "Pulumi.dev.yaml"), "utf8")) as { config: Values };
const tls = { "cyan:ingress": { tls: "shop-tls" } };

/** The config file of the dev stack with some values changed; the file of the checkout stays as it is. */
function configFile(change: Values): string {
  const file = join(work, "Pulumi.dev.yaml");
  writeFileSync(file, stringify(laidOn(dev, { config: laidOn(tls, change) })));
  return file;
}

/** Carries an operation out, without a pack. */
function operate(operation: "up" | "destroy", change: Values): void {
  const flags = ["--yes", "--skip-preview", "--non-interactive", "--config-file", configFile(change)];
  const { status, out } = run("pulumi", [operation, ...flags]);
  assert.equal(status, 0, out);
}

let files = 0;

/** Runs one operation of the stack with a pack, and the pack's config. */
function judged(operation: readonly string[], change: Values, pack: string, packConfig: Values): Ending {
  const packConfigFile = join(work, `pack-${(files += 1)}.json`);
  writeFileSync(packConfigFile, JSON.stringify(packConfig));
  const policy = ["--policy-pack", pack, "--policy-pack-config", packConfigFile];
  return run("pulumi", [...operation, "--non-interactive", "--config-file", configFile(change), ...policy]);
}

/** The rules that refused, as the engine names them. */
function refusals({ out }: Ending): string[] {
  const named = [...out.matchAll(/\[mandatory\]\s+\[severity: \w+\]\s+([a-z-]+)/g)].map(([, name]) => name ?? "");
  return [...new Set(named)].toSorted();
}

const prod = join("policies", "prod");
/** The sandbox's images have no digests, and a test does not wait for a soak. */
const usual: Values = { "image-digest": "disabled", "soak-time": { minSoak: "0" } };
const noSoak: Values = { "soak-time": { minSoak: "0" } };
const always = { start: "* * * * *", duration: "5m", timeZone: "Europe/Berlin", reason: "audit" };
const at = (canaryWeight: number, activeColor = "blue"): Values => ({
  "cyan:canaryWeight": String(canaryWeight),
  "cyan:activeColor": activeColor,
});
const services = (shop: Values): Values => ({ "cyan:services": { shop } });
const green = (change: Values): Values => services({ green: change });

interface Row {
  readonly what: string;
  readonly change: Values;
  readonly pack?: string;
  readonly config?: Values;
  /** The rules that refuse it; a change that none refuses passes. */
  readonly refusedBy: readonly string[];
  readonly says?: string;
}

/** Blue serves, and green gets 20 %. */
const table: readonly Row[] = [
  { what: "what is live, again", change: at(20), refusedBy: [] },
  { what: "a next step", change: at(40), refusedBy: [] },
  {
    what: "a step that is too large, to a weight that is too high",
    change: at(60),
    refusedBy: ["weight-limit", "weight-step"],
    says: "shop: canaryWeight rises from 20 to 60, a step of 40; at most 30 is allowed, so set 50 first",
  },
  {
    what: "the same step where the pack's config allows it",
    change: at(60),
    config: { ...usual, "weight-step": { maxStep: 40 }, "weight-limit": { maxWeight: 60 } },
    refusedBy: [],
  },
  {
    what: "the same step where the pack's config makes both rules advice",
    change: at(60),
    config: { ...usual, "weight-step": { enforcementLevel: "advisory" }, "weight-limit": "advisory" },
    refusedBy: [],
    says: "canaryWeight is 60, over the limit of 50",
  },
  {
    what: "a flip after too small a canary",
    change: at(0, "green"),
    refusedBy: ["canary-before-flip"],
    says: "shop: green becomes active after it held 20 %; it has to hold 50 % first",
  },
  {
    what: "the same flip in development",
    change: at(0, "green"),
    pack: join("policies", "dev"),
    config: {},
    refusedBy: [],
  },
  {
    what: "a next step right after the last",
    change: at(40),
    config: { "image-digest": "disabled" },
    refusedBy: ["soak-time"],
    says: "and has to stay for 10m",
  },
  {
    what: "a rollback right after the last step",
    change: at(0),
    config: { "image-digest": "disabled" },
    refusedBy: [],
  },
  {
    what: "a step in a freeze window",
    change: at(40),
    config: { ...usual, "freeze-window": { windows: [always] } },
    refusedBy: ["freeze-window"],
    says: "a freeze window (audit) is on until ",
  },
  { what: "images by tag", change: at(20), config: noSoak, refusedBy: ["image-digest"] },
  {
    what: "new images of both colors at once",
    change: {
      ...services({ blue: { image: "cyan.local/demo:v3" }, green: { image: "cyan.local/demo:v3" } }),
      ...at(20),
      "cyan:allowActiveChange": "true",
    },
    refusedBy: ["active-image", "one-color-image"],
  },
  {
    what: "latest, in development too",
    change: { ...at(20), ...green({ image: "cyan.local/demo:latest" }) },
    pack: join("policies", "dev"),
    config: {},
    refusedBy: ["image-tag"],
    says: "services.shop.green.image: cyan.local/demo:latest is whatever is latest; name a version",
  },
  {
    what: "a host without TLS, a forced gate, a credential in plain text and a difference between the colors, all at once",
    change: {
      ...at(20),
      "cyan:ingress": { tls: undefined },
      "cyan:gate": { force: "true" },
      ...green({ env: { DB_PASSWORD: "hunter2" }, probes: { liveness: { path: "/livez" } } }),
    },
    refusedBy: ["color-parity", "gate-force", "plain-secrets", "tls"],
    says: 'services.shop: probes.liveness.path is "/healthz" in blue and "/livez" in green; make them equal',
  },
];

const prodConfig = ["--config-file", join(work, "Pulumi.prod.yaml")];

const removeProd = ["stack", "rm", "prod", "--yes", "--preserve-config", "--non-interactive"];

/** A stack for the example of production, on nothing. Creating it writes a salt to its file: the checkout stays as it is. */
function createProd(): void {
  const file = join(checkout, "Pulumi.prod.yaml");
  const committed = readFileSync(file);
  // One that a run left behind has a salt that is lost.
  run("pulumi", removeProd);
  try {
    assert.equal(run("pulumi", ["stack", "init", "prod", "--no-select", "--non-interactive"]).status, 0);
    writeFileSync(join(work, "Pulumi.prod.yaml"), readFileSync(file));
  } finally {
    writeFileSync(file, committed);
  }
}

describe("the policy packs on the embedded cluster", () => {
  before(() => {
    assert.equal(run(process.execPath, ["driver/cyan.js", "sandbox", "up"]).status, 0);
    assert.equal(run("pulumi", ["stack", "select", "--create", "dev", "--non-interactive"]).status, 0);
    createProd();
    // What served before would make a flip to it a rollback.
    operate("destroy", {});
    operate("up", at(20));
  });

  after(async () => {
    operate("destroy", {});
    assert.equal(run("pulumi", removeProd).status, 0);
    rmSync(work, { recursive: true });
    if (!wasUp) await down({ paths }, { keepData: false });
  });

  it("passes the example of production as it is, on its first deploy", () => {
    const { status, out } = run("pulumi", [
      "preview",
      "--stack",
      "prod",
      "--non-interactive",
      ...prodConfig,
      "--policy-pack",
      prod,
    ]);
    assert.equal(status, 0, out);
    assert.match(out, /✅ cyan-prod@v/);
  });

  for (const { what, change, pack = prod, config = usual, refusedBy, says = "" } of table) {
    it(`${refusedBy.length > 0 ? `refuses, by ${refusedBy.join(" and ")},` : "passes"} ${what}`, () => {
      const ending = judged(["preview"], change, pack, config);
      assert.deepEqual(refusals(ending), refusedBy, ending.out);
      assert.equal(ending.status, refusedBy.length > 0 ? 1 : 0, ending.out);
      assert.ok(ending.out.includes(says), ending.out);
      assert.doesNotMatch(ending.out, /hunter2/);
    });
  }

  it("refuses to move what was led elsewhere by hand, since what is live is not known", () => {
    const lead = (to: string): string =>
      `[{"op":"replace","path":"/spec/rules/0/http/paths/0/backend/service/name","value":"${to}"}]`;
    kubectl("patch", "ingress", "shop", "--type=json", "--patch", lead("elsewhere"));
    const ending = judged(["preview"], at(20), prod, usual);
    kubectl("patch", "ingress", "shop", "--type=json", "--patch", lead("shop-blue"));
    assert.deepEqual(refusals(ending), ["known-traffic"], ending.out);
    assert.equal(ending.status, 1);
  });

  it("ends an update that it refuses before anything is touched", () => {
    const version = (): string =>
      kubectl("get", "ingress,service,deployment", "-o", "jsonpath={.items[*].metadata.generation}");
    const before = version();
    const ending = judged(["up", "--yes", "--skip-preview"], at(0, "green"), prod, usual);
    assert.deepEqual(refusals(ending), ["canary-before-flip"], ending.out);
    assert.equal(ending.status, 1);
    assert.doesNotMatch(ending.out, /(updated|created) \(/);
    assert.equal(version(), before);
  });

  it("mends what can be mended, in the update itself", () => {
    const labelled = { ...usual, "required-labels": { labels: { team: "shop" } } };
    const ending = judged(["up", "--yes", "--skip-preview"], at(20), prod, labelled);
    assert.equal(ending.status, 0, ending.out);
    assert.match(ending.out, /\[remediate\]\s+required-labels/);
    assert.equal(kubectl("get", "deployment", "shop-green", "-o", "jsonpath={.metadata.labels.team}"), "shop");
  });

  it("judges a saved state, without the program", () => {
    const analyzed = (config: Values): Ending => {
      const file = join(work, "analyze.json");
      writeFileSync(file, JSON.stringify(config));
      return run("pulumi", [
        "policy",
        "analyze",
        "--stack",
        "dev",
        "--policy-pack",
        prod,
        "--policy-pack-config",
        file,
      ]);
    };
    assert.equal(analyzed(usual).status, 0, analyzed(usual).out);
    const refused = analyzed(noSoak);
    assert.notEqual(refused.status, 0);
    assert.match(refused.out, /services\.shop\.blue\.image: cyan\.local\/demo:v1 has no digest/);
  });

  it("judges the same when a pack is published on its own, with packages of its own", () => {
    const folder = join(work, "built");
    buildPack("prod", folder);
    const packed = run("npm", ["pack", "--pack-destination", work], folder);
    assert.equal(packed.status, 0, packed.out);
    const installed = join(work, "installed");
    mkdirSync(installed);
    const archive = join(work, "cyan-prod-policies-0.1.0.tgz");
    assert.equal(run("tar", ["--extract", "--file", archive, "--strip-components", "1"], installed).status, 0);
    const install = run("npm", ["install", "--prefer-offline", "--no-audit", "--no-fund"], installed);
    assert.equal(install.status, 0, install.out);
    const ending = judged(["preview"], at(0, "green"), installed, usual);
    assert.deepEqual(refusals(ending), ["canary-before-flip"], ending.out);
  });
});
