// Loads TypeScript by swc, file by file, which checks no types: `tsc` does. For the program, the command, policy packs and
// tests alike (docs/adr/0013-loading-typescript.md).
const { readFileSync } = require("node:fs");
const { SourceMap } = require("node:module");
const { transformSync } = require("@swc/core");
const { install } = require("source-map-support");
require("./defer");

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

// The SDK installs this too, once in a process. Its formatter would read the maps of all packages, and take most of a stack's time.
install({ environment: "node", handleUncaughtExceptions: false });
// Stacks name the lines of our source, and of no package's.
Error.prepareStackTrace = (error, frames) =>
  [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${inSource(frame)}`)].join("\n");

function inSource(frame) {
  const file = frame.getFileName();
  const map = sourceMapOf(file);
  if (map === undefined) return String(frame);
  const [line, column] = [frame.getLineNumber(), frame.getColumnNumber()];
  const { originalLine, originalColumn } = map.findEntry(line - 1, column - 1);
  if (originalLine === undefined) return String(frame);
  return String(frame).replace(`${file}:${line}:${column}`, `${file}:${originalLine + 1}:${originalColumn + 1}`);
}

function sourceMapOf(file) {
  const map = maps.get(file);
  if (typeof map === "string") maps.set(file, new SourceMap(JSON.parse(map)));
  return maps.get(file);
}
