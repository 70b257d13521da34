import { type Color } from "./color";

/** Names of the objects of one service. They are fixed: what refers to an object never changes when the object does. */
export const names = {
  /** Deployment, Service, autoscaler and disruption budget of one color. */
  environment: (service: string, color: Color): string => `${service}-${color}`,
  /** Service for callers inside the cluster, and main Ingress. */
  active: (service: string): string => service,
  /** What a controller leads to the version that serves: its Service, and the Ingress that leads there. */
  stable: (service: string): string => `${service}-stable`,
  /** Canary Ingress, and the Service that a controller leads to a version that is tried. */
  canary: (service: string): string => `${service}-canary`,
  /** What sends copies of requests to the idle color. */
  mirror: (service: string): string => `${service}-mirror`,
  /** Service and Ingress that show the idle color. */
  preview: (service: string): string => `${service}-preview`,
};

/** Annotation on a color's own Service: the image that the color had when it was last left as the active one. */
export const servedImage = "cyan.dev/served-image";

/** Annotation on the objects that traffic goes by: what did not hold when the last update moved it by force. */
export const forcedAnnotation = "cyan.dev/forced";

/** Annotation on the Service that is called like its service: the router of the last update. */
export const routerAnnotation = "cyan.dev/router";
