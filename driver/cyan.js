#!/usr/bin/env node
// Loads the command's TypeScript the way Pulumi loads the program's: by ts-node with swc, which checks no types.
require("ts-node").register({ cwd: __dirname, projectSearchDir: __dirname, swc: true });
require("./main").run();
