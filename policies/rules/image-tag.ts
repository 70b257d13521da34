import { onRelease } from "./check";
import { imagesOf, tagOf } from "./images";
import { type Rule } from "./rule";

export const imageTag: Rule = {
  name: "image-tag",
  description: "An image without a digest has a tag other than latest.",
  why: "What `latest` is changes under a release that did not.",
  severity: "medium",
  remediationSteps: "Name the version that is meant: name:1.4.2.",
  levels: { dev: "mandatory", prod: "mandatory" },
  validateResource: onRelease(function* (release) {
    for (const { where, image } of imagesOf(release)) {
      if (image.includes("@")) continue;
      const tag = tagOf(image);
      if (tag === undefined || tag === "latest") yield `${where}: ${image} is whatever is latest; name a version`;
    }
  }),
};
