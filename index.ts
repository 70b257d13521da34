import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readSettings } from "./components/config/read";
import { admit, guardsOf } from "./components/guards";
import { connect } from "./components/live/connect";
import { findingsOf } from "./components/live/findings";
import { readLive } from "./components/live/read";
import { lastIn } from "./components/model/arrangement";
import { perColor } from "./components/model/color";
import { withFindings } from "./components/model/findings";
import { planTransition } from "./components/model/transition";
import { urlOf } from "./components/model/url";
import { Release, releaseArgs } from "./components/release";
import { retainEverything } from "./components/retention";
import { installController } from "./components/routers/install";
import { liveRouters } from "./components/routers/live";

/** Settings -> live traffic -> plan -> components -> outputs. */
export = async () => {
  const settings = readSettings();
  const cluster = connect(settings.namespace, settings.cluster);
  const router = liveRouters[settings.router];
  const services = settings.services.map(({ name }) => name);
  const live = (): ReturnType<typeof readLive> => readLive(cluster, services, router);
  const [now, findings] = await Promise.all([live(), findingsOf(cluster, settings, liveRouters)]);
  admit(withFindings(planTransition(now, settings), findings));
  if (settings.retainOnDelete) retainEverything();

  const guards = guardsOf({ settings, cluster, readLive: live, router });
  const first = installController(settings.install);
  const release = new Release("release", releaseArgs(settings, now), { first, guards, last: lastIn(now, settings) });

  const routed = settings.services.flatMap(({ name, route }) => (route === undefined ? [] : [{ name, route }]));
  const urls = routed.map(({ name, route }) => {
    const preview = route.previewHost ? { preview: urlOf(route, route.previewHost) } : {};
    return [name, { live: urlOf(route, route.host), ...preview }] as const;
  });
  const images = settings.services.map(({ name, workloads }) => {
    return [name, perColor((color) => workloads[color].image)] as const;
  });
  return {
    /** Where each routed service is reached, and where its idle color is shown. */
    urls: Object.fromEntries(urls),
    /** The traffic that the cluster's objects give, by service: it is read from them, not from the config. */
    traffic: release.served,
    /** The image of each color, by service. */
    images: Object.fromEntries(images),
    /** Shown on the stack's page. */
    readme: pulumi.output(readFileSync(join(__dirname, "Pulumi.README.md"), "utf8")),
  };
};
