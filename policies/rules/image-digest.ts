import { onRelease } from "./check";
import { imagesOf } from "./images";
import { type Rule } from "./rule";

export const imageDigest: Rule = {
  name: "image-digest",
  description: "Images are named by digest.",
  why: "A tag can be moved: a pod that starts tomorrow, or a rollback, may run something else.",
  severity: "high",
  framework: {
    name: "NSA/CISA Kubernetes Hardening Guide",
    version: "1.2",
    reference: "Kubernetes Pod security",
    specification: "Building secure container images",
  },
  remediationSteps: "Write name@sha256:…, as the registry or `docker buildx imagetools inspect` tells it.",
  levels: { dev: "disabled", prod: "mandatory" },
  validateResource: onRelease(function* (release) {
    for (const { where, image } of imagesOf(release)) {
      if (!/@sha256:[0-9a-f]{64}$/.test(image)) yield `${where}: ${image} has no digest; write it as name@sha256:…`;
    }
  }),
};
