import { z } from "zod";
import { ApiError } from "../../../components/live/api";
import { type Job } from "../../../components/live/cluster";
import { connectApi } from "../../../components/live/connect";
import { parseDuration } from "../../../components/model/duration";
import { type Clock } from "../../clock";
import { type Failure, type Sample } from "../model";
import { type ProviderArgs, providerKind } from "./provider";

/** How often a running Job is looked at, in milliseconds. */
const pollInterval = 500;

const settings = z.strictObject({
  /** How long a Job may take. */
  timeout: z
    .string()
    .default("5m")
    .transform((value, context) => {
      const parsed = parseDuration(value);
      if (parsed !== undefined && parsed.seconds > 0) return parsed;
      context.addIssue({ code: "custom", message: `is "${value}"; write a duration such as 30s or 5m` });
      return z.NEVER;
    }),
});

const query = z.strictObject(
  {
    labels: z.record(z.string(), z.string()).default({}),
    /** https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/job-v1/#JobSpec */
    spec: z.record(z.string(), z.unknown(), { error: "is missing; write the spec of a Job" }),
  },
  { error: "write a map with the spec of a Job" },
);

/** The two things that a Job is made for and watched by; the cluster's own, or a test's. */
export interface JobApi {
  create(manifest: object): Promise<string>;
  /** How it ended; undefined while it runs. */
  outcome(name: string): Promise<"succeeded" | "failed" | undefined>;
  remove(name: string): Promise<void>;
}

/** A Kubernetes Job in the release's namespace: 1 when it succeeds, 0 when it fails. It is removed when it has ended. */
export const job = providerKind({
  settings,
  query,
  counts: "window",
  slow: true,
  create: ({ timeout }, args) => {
    const api = lazily(() => clusterJobs(args));
    return {
      query: async (asked, { signal }) => {
        try {
          const limits = { clock: args.clock, milliseconds: timeout.seconds * 1000, signal };
          return await runJob(await api(), manifestOf(query.parse(asked)), limits);
        } catch (error) {
          signal.throwIfAborted();
          return { kind: "failure", why: `the Job was not run: ${reason(error)}` };
        }
      },
      check: async () => {
        try {
          await (await api()).outcome("cyan-analysis");
          return undefined;
        } catch (error) {
          return `Jobs of namespace ${args.namespace} cannot be read: ${reason(error)}`;
        }
      },
    };
  },
});

/** Runs one Job to its end, and removes it in any case. */
export async function runJob(
  api: JobApi,
  manifest: object,
  limits: { readonly clock: Clock; readonly milliseconds: number; readonly signal: AbortSignal },
): Promise<Sample | Failure> {
  const { clock, milliseconds, signal } = limits;
  const end = clock.now() + milliseconds;
  const name = await api.create(manifest);
  try {
    for (;;) {
      const outcome = await api.outcome(name);
      if (outcome !== undefined) {
        return { kind: "sample", series: [{ labels: { job: name }, value: outcome === "succeeded" ? 1 : 0 }] };
      }
      if (clock.now() >= end) return { kind: "failure", why: `Job ${name} did not end in ${milliseconds / 1000} s` };
      await clock.sleep(pollInterval, signal);
    }
  } finally {
    await api.remove(name);
  }
}

function manifestOf({ labels, spec }: z.output<typeof query>): object {
  return {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { generateName: "cyan-analysis-", labels: { ...labels, "app.kubernetes.io/managed-by": "cyan" } },
    spec,
  };
}

async function clusterJobs({ cluster, namespace }: ProviderArgs): Promise<JobApi> {
  const api = await connectApi(cluster);
  const jobs = `/apis/batch/v1/namespaces/${namespace}/jobs`;
  return {
    create: async (body) => (await api.ask<Job>(jobs, { method: "POST", body })).metadata?.name ?? "",
    outcome: async (name) => {
      try {
        const { status } = await api.ask<Job>(`${jobs}/${name}`);
        const holds = (type: string) =>
          status?.conditions?.some((each) => each.type === type && each.status === "True");
        return holds("Complete") ? "succeeded" : holds("Failed") ? "failed" : undefined;
      } catch (error) {
        if (error instanceof ApiError && error.code === 404) return undefined;
        throw error;
      }
    },
    remove: async (name) => {
      await api.ask(`${jobs}/${name}`, { method: "DELETE", query: { propagationPolicy: "Background" } });
    },
  };
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

function reason(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n")[0] ?? "";
}
