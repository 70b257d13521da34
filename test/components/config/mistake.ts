import { goodConfig } from "../fixtures";

export type Config = Record<string, unknown>;

/** What is wrong, the config that has it, and all that is said of it. */
export type Mistake = readonly [what: string, config: Config, said: readonly string[]];

export const shop = goodConfig.services.shop;
export const withShop = (change: Config): Config => ({ ...goodConfig, services: { shop: { ...shop, ...change } } });
export const withGreen = (change: Config): Config => withShop({ green: { ...shop.green, ...change } });
