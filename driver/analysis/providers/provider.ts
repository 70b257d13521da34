import { type z } from "zod";
import { type ClusterSettings } from "../../../components/model/settings";
import { type Clock } from "../../clock";
import { type CountsOf, type MetricProvider } from "../model";
import { type Secret } from "../../secret";

/** What a provider is made with besides its settings. */
export interface ProviderArgs {
  readonly fetch: typeof fetch;
  readonly clock: Clock;
  /** How long one request may take, in milliseconds. */
  readonly timeout: number;
  /** The values of the settings' references, by the name of the setting. */
  readonly secrets: Readonly<Record<string, Secret>>;
  readonly cluster: ClusterSettings;
  readonly namespace: string;
}

/** A kind of source: the shape of its settings and of its queries, and how to speak to it. */
export interface ProviderKind {
  readonly settings: z.ZodObject;
  readonly query: z.ZodType;
  readonly counts: CountsOf;
  /** True for a source that takes longer than one look lasts: the others are not held up by it. */
  readonly slow?: true;
  /** @param settings as they stand in the analysis; they have passed the schema */
  create(settings: unknown, args: ProviderArgs): MetricProvider;
}

/** A kind of source, from one that is typed by its settings. */
export function providerKind<Settings extends z.ZodObject>(
  kind: Omit<ProviderKind, "settings" | "create"> & {
    readonly settings: Settings;
    create(settings: z.output<Settings>, args: ProviderArgs): MetricProvider;
  },
): ProviderKind {
  return { ...kind, create: (settings, args) => kind.create(kind.settings.parse(settings), args) };
}
