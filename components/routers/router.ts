import type * as pulumi from "@pulumi/pulumi";
import { type Color } from "../model/color";
import { type Duration } from "../model/duration";
import { type Traffic } from "../model/traffic";
import {
  type ArgoRolloutsSettings,
  type CanarySettings,
  type RouterKind,
  type ServiceSettings,
} from "../model/settings";

/** What a router declares its objects from. */
export interface RouteArgs {
  readonly namespace: string;
  readonly services: readonly ServiceSettings[];
  readonly router: RouterKind;
  readonly traffic: Traffic;
  readonly canary: CanarySettings;
  readonly argoRollouts: ArgoRolloutsSettings;
  /** How long something may take to become ready. */
  readonly readyTimeout: Duration;
  /** How long a color that lost its share keeps its pods. */
  readonly drain: Duration;
  /** By color and service, the pods that its Deployment asks for, as the cluster has it. */
  readonly pods: Readonly<Record<Color, Readonly<Record<string, pulumi.Output<number>>>>>;
  /**
   * By color and service, the generation of its Deployment: another one is something else that its pods run. Absent where the
   * Deployment comes after the routes, and undefined where no cluster counts, as in a rendering.
   */
  readonly generations: Readonly<Record<Color, Readonly<Record<string, pulumi.Output<number | undefined>>>>>;
  /** Holds back an object until a controller leads requests as what was written before declares; see `afterArrival`. */
  readonly arrival?: pulumi.ResourceHook;
}

/** The traffic that one service's objects give, read from their outputs. */
export interface ServedTraffic {
  /** Name of the Service that gets all requests but the canary's share. */
  readonly active: pulumi.Output<string>;
  /** Name of the Service that gets the canary's share. */
  readonly idle: pulumi.Output<string>;
  /** The canary's share, in percent. */
  readonly canaryWeight: pulumi.Output<number>;
}

/** What a router declared. */
export interface Routes {
  /**
   * The objects that move live traffic last. They follow all others that do, so that what waits for them need not name those:
   * each name stands in the state, and in what a policy pack is sent, once for each object that waits.
   */
  readonly last: readonly pulumi.Resource[];
  /** By service; a service without a route has no entry. */
  readonly served: Readonly<Record<string, ServedTraffic>>;
}

/**
 * Declares the objects that split requests between the colors.
 *
 * The options carry the parent, and what has to be ready before any traffic moves; within the router, a route that
 * others rely on comes first.
 */
export type Router = (name: string, args: RouteArgs, opts: pulumi.CustomResourceOptions) => Routes;
