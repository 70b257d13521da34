// Loads TypeScript by swc, file by file, which checks no types: `tsc` does. For the program, the command, policy packs and
// tests alike (docs/adr/0013-loading-typescript.md).
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");
const { install } = require("source-map-support");

const options = {
  swcrc: false,
  sourceMaps: true,
  // An import() stays one: what is an ES module is loaded as such.
  module: { type: "commonjs", ignoreDynamic: true },
  jsc: { target: "es2022", parser: { syntax: "typescript" } },
};
const maps = new Map();

require.extensions[".ts"] = (module, filename) => {
  const { code, map } = transformSync(readFileSync(filename, "utf8"), { ...options, filename });
  maps.set(filename, map);
  module._compile(code, filename);
};
// Stacks name the lines of our source, and of no package's: the SDK takes a stack of each resource, and its maps are large.
install({
  environment: "node",
  handleUncaughtExceptions: false,
  overrideRetrieveSourceMap: true,
  retrieveSourceMap: (file) => (maps.has(file) ? { url: file, map: maps.get(file) } : null),
});
