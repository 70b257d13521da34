import { type ServiceTransitionInputs } from "../../components/model/transition-inputs";
import { type Traffic } from "../../components/model/traffic";

/** A service whose previous traffic is known. */
export type Move = ServiceTransitionInputs & { readonly previous: Traffic };

/** The services that have traffic, and whose traffic is known: what is unknown is the rule known-traffic's. */
export function movesOf(services: readonly ServiceTransitionInputs[]): Move[] {
  return services.filter((service): service is Move => typeof service.previous !== "string");
}

export function isFlip({ previous, next }: Move): boolean {
  return previous.activeColor !== next.activeColor;
}
