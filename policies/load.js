const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

const options = {
  sourceMaps: "inline",
  module: { type: "commonjs" },
  jsc: { target: "es2022", parser: { syntax: "typescript" } },
};

/** Loads a pack, whose files are compiled one by one as they are loaded. In the place of Pulumi's own compiler, which checks types. */
module.exports = (pack, from) => {
  require.extensions[".ts"] = (file, name) => {
    file._compile(transformSync(readFileSync(name, "utf8"), { ...options, filename: name }).code, name);
  };
  return from.require(pack);
};
