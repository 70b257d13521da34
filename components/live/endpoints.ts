import { type EndpointSlice } from "./cluster";

/** Ready endpoints that are not ending, of the Service `name`. An address in two slices is one endpoint. */
export function readyEndpoints(slices: readonly EndpointSlice[], name: string): number {
  const addresses = slices
    .filter((slice) => slice.metadata?.labels?.["kubernetes.io/service-name"] === name)
    .flatMap((slice) => slice.endpoints ?? [])
    // An endpoint without a condition is ready: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#conditions
    .filter(({ conditions }) => conditions?.ready !== false && conditions?.terminating !== true)
    .flatMap((endpoint) => endpoint.addresses);
  return new Set(addresses).size;
}
