import { weightedRouter } from "../weighted";
import { actionsPart, albName, ingressKind, splitOf, withWeights } from "./ingress";

/** Ingresses of the AWS Load Balancer Controller. */
export const awsAlb = weightedRouter({
  kind: ingressKind,
  name: albName,
  part: actionsPart,
  backends: splitOf,
  weighted: withWeights,
});
