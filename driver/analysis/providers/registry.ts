import { datadog } from "./datadog";
import { elasticsearch } from "./elasticsearch";
import { job } from "./job";
import { prometheus } from "./prometheus";
import { type ProviderKind } from "./provider";
import { web } from "./web";

/** Every kind of source, by the name that it has in an analysis. */
export const providerKinds = { prometheus, datadog, elasticsearch, web, job } satisfies Record<string, ProviderKind>;

export type ProviderName = keyof typeof providerKinds;
