// Pulumi would check the types of a pack in TypeScript at each run, for seconds: docs/adr/0010-policy-packs.md
require("../../register");
require("./index.ts");
