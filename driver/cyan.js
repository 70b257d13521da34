#!/usr/bin/env node
require("../register");
require("./main").run();
