/**
 * Who may import whom; docs/adr/0002-layout.md says why. A folder may import itself, what is listed here, and packages.
 * @type {import("dependency-cruiser").IConfiguration}
 */
const allowed = [
  // [from, to …] as path prefixes
  ["index[.]ts", "components/"],
  ["components/config/", "components/model/"],
  ["components/model/"],
  ["components/kubernetes/", "components/model/"],
  ["components/live/", "components/model/"],
  ["components/gates/", "components/live/", "components/model/"],
  ["components/routers/", "components/kubernetes/", "components/model/", "components/live/"],
  [
    "components/[a-z-]+[.]ts",
    "components/[a-z-]+[.]ts",
    "components/routers/",
    "components/kubernetes/",
    "components/gates/",
    "components/live/",
    "components/model/",
  ],
  [
    "driver/",
    "components/model/",
    "components/live/",
    "components/gates/",
    "components/routers/live",
    "components/routers/[a-z-]+/live",
    // Pure: the same parser as the program's (docs/adr/0002). What reads pulumi.Config is not for the driver.
    "components/config/(?!read)",
    "sandbox/",
    "render/",
  ],
  // The second root: it runs the same components as the program, against mocks (docs/adr/0012).
  ["render/", "components/"],
  ["policies/rules/", "components/model/"],
  // A stack of its own, which has the same words for what is wrong with its config.
  ["deployments/", "components/model/", "components/config/values"],
  ["policies/(dev|prod)/", "policies/rules/", "policies/load[.]js"],
  ["policies/[a-z-]+[.](ts|js)", "policies/rules/"],
  ["sandbox/"],
];

const own = "^(index[.]ts|components|driver|render|policies|deployments|sandbox|bench)";

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "no-unresolvable",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: "model-is-plain",
      comment: "model, live, the config's parser and the driver's routers know nothing of Pulumi",
      severity: "error",
      from: {
        path: "^components/(model|live)/|^components/config/(?!read)|^components/routers/live|^components/routers/[a-z-]+/live",
      },
      to: { path: "node_modules/@pulumi" },
    },
    {
      name: "one-reader-of-config",
      severity: "error",
      from: { path: "^components/", pathNot: "^components/config/" },
      to: { path: "node_modules/@pulumi/pulumi/config" },
    },
    ...allowed.map(([from, ...to]) => ({
      name: `imports-of-${from.replace(/[^a-z]+/g, "-").replace(/-$/, "")}`,
      severity: "error",
      from: { path: `^${from}` },
      to: { path: own, pathNot: `^(${[from, ...to].join("|")})` },
    })),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^node_modules/[^@]|(^|/)dist/" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    combinedDependencies: true,
  },
};
