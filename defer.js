// Pulumi's SDK loads TypeScript's compiler and npm's resolver of packages as it starts, and uses them only to serialise functions,
// which nothing here does. They take half of its start: each is loaded when something first asks for a part of it.
const { createRequire, Module } = require("node:module");

const sdk = createRequire(require.resolve("@pulumi/pulumi"));
for (const name of ["./typescript-shim", "@npmcli/arborist"]) defer(name);

function defer(name) {
  const file = sdk.resolve(name);
  if (file in require.cache) return;
  const placeholder = new Module(file);
  const loaded = () => {
    if (require.cache[file] === placeholder) delete require.cache[file];
    return sdk(file);
  };
  placeholder.loaded = true;
  placeholder.exports = new Proxy(
    {},
    {
      // The SDK asks for this mark as it takes a module in.
      get: (_, key) => key === "__esModule" || loaded()[key],
    },
  );
  require.cache[file] = placeholder;
}
