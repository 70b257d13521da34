import { parseSettings } from "../../components/config/settings";
import { type Settings } from "../../components/model/settings";

/** A config in which every value is right: tests change one thing of it. */
export const goodConfig = {
  namespace: "shop",
  previewHost: "preview.shop.example.com",
  ingress: { host: "shop.example.com" },
  services: {
    shop: { port: 80, containerPort: 8080, blue: { image: "registry/shop:1" }, green: { image: "registry/shop:2" } },
  },
};

/** The settings of a config that has to be right. */
export function settingsOf(config: Readonly<Record<string, unknown>>): Settings {
  const parsed = parseSettings(config);
  if ("problems" in parsed) throw new Error(JSON.stringify(parsed.problems));
  return parsed.settings;
}
