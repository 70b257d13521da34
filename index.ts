import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./components/config/read";
import { perColor } from "./components/model/color";
import { urlOf } from "./components/model/url";
import { Release, releaseArgs } from "./components/release";
import { installController } from "./components/routers/install";

const settings = readSettings();
const controller = installController(settings.install);
const release = new Release("release", releaseArgs(settings), controller);

const routed = settings.services.flatMap(({ name, route }) => (route === undefined ? [] : [{ name, route }]));

/** Where each routed service is reached, and where its idle color is shown. */
export const urls = Object.fromEntries(
  routed.map(({ name, route }) => [
    name,
    { live: urlOf(route, route.host), ...(route.previewHost && { preview: urlOf(route, route.previewHost) }) },
  ]),
);

/** The traffic that the cluster's objects give, by service: it is read from them, not from the config. */
export const traffic = release.served;

/** The image of each color, by service. */
export const images = Object.fromEntries(
  settings.services.map(({ name, workloads }) => [name, perColor((color) => workloads[color].image)]),
);

/** Shown on the stack's page. */
export const readme = pulumi.output(readFileSync(join(__dirname, "Pulumi.README.md"), "utf8"));
