import * as pulumi from "@pulumi/pulumi";
import { type ServiceSettings } from "./model/settings";

interface Told {
  readonly services: readonly ServiceSettings[];
  readonly secrets: unknown;
  readonly secretServices: boolean;
}

/**
 * The inputs of a component as state and policies see them: without what its services are told in secret, and with their
 * settings hidden in the state where the config hides them.
 */
export function openly(args: Told): pulumi.Inputs {
  return { ...args, secrets: undefined, ...(args.secretServices && { services: pulumi.secret(args.services) }) };
}
