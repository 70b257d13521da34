import { z } from "zod";
import { parsePeer } from "../model/peer";
import { parseQuantity } from "../model/quantity";
import { installChoices, routerKinds } from "../model/settings";
import { argoSchema } from "./argo-schema";
import { duration, flag, integer, lasting, oneOf, quoted, text } from "./fields";
import { rolloutSchema } from "./rollout-schema";
import {
  cookieNameProblem,
  filePathProblem,
  headerNameProblem,
  imageProblem,
  patternProblem,
  variableNameProblem,
} from "./rules";

/** The shape of the stack's config, one schema for each key. What a key means is said in Pulumi.yaml. */

const checked = (problem: (value: string) => string | undefined) =>
  text.superRefine((value, context) => {
    const message = problem(value);
    if (message !== undefined) context.addIssue({ code: "custom", message });
  });

const dnsLabel = text
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, "Kubernetes wants lower-case letters, digits and -, not at either end")
  .max(63, "Kubernetes takes at most 63 characters");

const hostname = text
  .max(253, "a host name has at most 253 characters")
  .regex(/^([a-z0-9]([-a-z0-9]*[a-z0-9])?)(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/, {
    error: ({ input }) =>
      `${quoted(input)} is no host name; write one such as shop.example.com, without a wildcard or port`,
  });

const strings = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]).transform(String), {
  error: "write a map of names to texts",
});

const namedBy = (problem: (name: string) => string | undefined) =>
  strings.superRefine((value, context) => {
    for (const name of Object.keys(value)) {
      const message = problem(name);
      if (message !== undefined) context.addIssue({ code: "custom", message, path: [name] });
    }
  });

/** Environment variables; an empty value is one. */
const variables = namedBy(variableNameProblem);

/** Texts by path; an empty one is one. */
const files = namedBy(filePathProblem);

const peers = z.array(
  z.string({ error: "write a namespace or a range of addresses" }).transform((value, context) => {
    const peer = parsePeer(value);
    if (peer !== undefined) return peer;
    const right = "write a namespace or a range of addresses, and a port if it is to be one: ingress, 10.0.0.0/8:5432";
    context.addIssue({ code: "custom", message: `is ${quoted(value)}; ${right}` });
    return z.NEVER;
  }),
  { error: "write a list such as [ingress]" },
);

const quantities = z.record(
  z.string(),
  z
    .union([z.string(), z.number()])
    .transform(String)
    .refine((value) => parseQuantity(value) !== undefined, "write a quantity such as 250m or 128Mi"),
  { error: "write a map such as cpu: 250m" },
);

const probe = z
  .strictObject({
    path: text.startsWith("/", "begins with /"),
    period: lasting,
    timeout: lasting,
    failureThreshold: integer(1, 1000),
  })
  .partial();

const runAsUser = integer(1, 2_147_483_647);

/** What each color can say, and the service for both. */
const workload = {
  image: checked(imageProblem),
  imagePullPolicy: oneOf(["Always", "IfNotPresent", "Never"]),
  command: z.array(text),
  args: z.array(z.string()),
  env: variables,
  files,
  containerPort: integer(1, 65_535),
  replicas: integer(1, 10_000),
  autoscaling: z
    .strictObject({
      minReplicas: integer(1, 10_000),
      maxReplicas: integer(1, 10_000),
      cpuUtilization: integer(1, 1000).default(70),
    })
    .refine((value) => value.minReplicas <= value.maxReplicas, "minReplicas is over maxReplicas"),
  resources: z.strictObject({ requests: quantities, limits: quantities }).partial(),
  probes: z.strictObject({ readiness: probe, liveness: probe, startup: probe }).partial(),
  securityContext: z
    .strictObject({
      runAsNonRoot: z.boolean(),
      runAsUser,
      readOnlyRootFilesystem: z.boolean(),
    })
    .partial(),
  serviceAccount: z.strictObject({ annotations: strings }).partial(),
  readyFor: duration,
  terminationGrace: duration,
  preStop: duration,
};

const { image, ...overrides } = workload;

const color = z.strictObject(
  { image, ...z.strictObject(overrides).partial().shape },
  { error: ({ input }) => `${input === undefined ? "is missing" : `is ${quoted(input)}`}; write a map with its image` },
);

const route = {
  host: hostname,
  path: text.startsWith("/", "begins with /"),
  className: dnsLabel,
  tls: text,
  gateway: text
    .regex(/^([a-z0-9][-a-z0-9]*\/)?[a-z0-9][-a-z0-9.]*$/, {
      error: ({ input }) => `is ${quoted(input)}; write the name of a Gateway, or its namespace/name`,
    })
    .transform((value) => {
      const [name = "", namespace] = value.split("/").toReversed();
      return { name, ...(namespace !== undefined && { namespace }) };
    }),
  annotations: strings,
};

const expose = {
  type: oneOf(["ClusterIP", "NodePort", "LoadBalancer"]),
  annotations: strings,
};

const service = z.strictObject({
  ...z.strictObject(overrides).partial().shape,
  port: integer(1, 65_535),
  ingress: z
    .union([z.literal(false), z.strictObject(route).partial()], { error: "write a map, or false for no route" })
    .optional(),
  previewHost: z.union([z.literal(""), hostname]).optional(),
  expose: z
    .strictObject({ ...expose, nodePort: integer(1, 65_535) })
    .partial()
    .default({}),
  blue: color,
  green: color,
});

const told = { env: variables, files };
const toldColor = z.strictObject(told, { error: "write a map with env and files" }).partial();

const answer = {
  path: text.regex(/^\/[!-~]*$/, "begins with /, and has no spaces"),
  status: integer(100, 599),
  contains: text,
};

const gate = z
  .strictObject({
    minReady: integer(1, 10_000),
    timeout: duration,
    force: flag,
    http: z
      .strictObject({
        ...answer,
        period: lasting,
        timeout: lasting,
        services: z.record(
          z.string(),
          z.union([z.literal(false), z.strictObject(answer).partial()], {
            error: "write a map, or false for no check",
          }),
          { error: "write a map of services" },
        ),
      })
      .partial(),
    job: z.strictObject({
      image,
      ...z
        .strictObject({
          ...{ imagePullPolicy: overrides.imagePullPolicy, command: overrides.command, args: overrides.args },
          ...{ env: variables, resources: overrides.resources, runAsUser },
          timeout: lasting,
          backoff: integer(0, 10),
        })
        .partial().shape,
    }),
  })
  .partial();

export const configSchema = z.strictObject({
  activeColor: oneOf(["blue", "green"]).default("blue"),
  canaryWeight: integer(0, 100).default(0),
  router: oneOf(routerKinds).default("ingress-nginx"),
  namespace: dnsLabel.default("default"),
  createNamespace: flag.default(true),
  services: z
    .record(z.string(), service, { error: "write a map of services, as in Pulumi.dev.yaml" })
    .refine((value) => Object.keys(value).length > 0, "has no service"),
  ingress: z.strictObject(route).partial().default({}),
  previewHost: z.union([z.literal(""), hostname]).optional(),
  expose: z.strictObject(expose).partial().default({}),
  canary: z
    .strictObject({
      header: checked(headerNameProblem),
      headerValue: text.regex(
        /^[-._~a-zA-Z0-9/:]*$/,
        "ingress-nginx drops it without a word unless it is letters, digits and -._~/:",
      ),
      headerPattern: checked(patternProblem),
      cookie: checked(cookieNameProblem),
      mirror: integer(0, 100),
      weightTotal: integer(100, 1_000_000),
      affinity: z.strictObject({ cookie: checked(cookieNameProblem), maxAge: lasting.optional() }),
    })
    .partial()
    .default({}),
  secrets: z
    .record(z.string(), z.strictObject({ ...told, blue: toldColor, green: toldColor }).partial(), {
      error: "write a map of services, each with env and files",
    })
    .default({}),
  credentials: strings.default({}),
  networkPolicy: z.strictObject({ from: peers, sameNamespace: flag, to: peers }).partial().default({}),
  standby: z
    .union([z.literal("all"), integer(0, 10_000)], { error: "write all, or a number of replicas" })
    .default("all"),
  install: oneOf(installChoices).default("none"),
  readyTimeout: lasting.default({ seconds: 300 }),
  gate: gate.default({}),
  drain: duration.default({ seconds: 30 }),
  allowActiveChange: flag.default(false),
  adopt: flag.default(false),
  argoRollouts: argoSchema.partial().default({}),
  retainOnDelete: flag.default(false),
  rollout: rolloutSchema.partial().default({}),
  /** Written by the driver, and read by it alone. */
  rolloutState: z.unknown().optional(),
});

export type RawConfig = z.output<typeof configSchema>;
export type RawService = RawConfig["services"][string];
export type RawWorkload = Partial<RawService["blue"]>;
