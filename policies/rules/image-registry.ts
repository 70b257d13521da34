import { onRelease } from "./check";
import { imagesOf, registryOf } from "./images";
import { type Rule } from "./rule";

interface Config {
  readonly registries: readonly string[];
}

export const imageRegistry: Rule = {
  name: "image-registry",
  description: "Images come from the allowed registries.",
  why: "An image that nobody scanned or signed runs with the release's access.",
  severity: "high",
  framework: {
    name: "CIS Kubernetes Benchmark",
    version: "1.10",
    reference: "5.5.1",
    specification: "Configure image provenance",
  },
  remediationSteps: "Push the image to an allowed registry, and name it there.",
  configSchema: {
    properties: {
      registries: {
        type: "array",
        items: { type: "string", minLength: 1 },
        default: [],
        description: "Registries, or beginnings of image names such as `ghcr.io/acme/`; any when empty.",
      },
    },
  },
  levels: { dev: "mandatory", prod: "mandatory" },
  validateResource: onRelease<Config>(function* (release, { config: { registries } }) {
    if (registries.length === 0) return;
    for (const { where, image } of imagesOf(release)) {
      const full = registryOf(image) === "docker.io" && !image.startsWith("docker.io/") ? `docker.io/${image}` : image;
      if (registries.some((each) => full.startsWith(each.endsWith("/") ? each : `${each}/`))) continue;
      yield `${where}: ${image} comes from ${registryOf(image)}; allowed are ${registries.join(", ")}`;
    }
  }),
};
