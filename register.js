// Loads TypeScript by swc, which checks no types: `tsc` does. Not by tsconfig.json, where it would stop every policy pack
// (docs/adr/0010-policy-packs.md).
require("ts-node").register({ cwd: __dirname, projectSearchDir: __dirname, swc: true });
