import { existsSync, readFileSync } from "node:fs";
import { Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent, type RequestOptions } from "node:https";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { type ClusterSettings } from "../model/settings";

/** The API server that a kubeconfig names, and how it wants to be asked. */
export interface Access {
  /** Its URL, without a slash at the end. */
  readonly server: string;
  /** Certificates, credentials and connection of the next request; a plugin may be asked for them. */
  options(): Promise<RequestOptions>;
}

/**
 * The API server that the Kubernetes provider works on: `kubernetes:kubeconfig` and `kubernetes:context` of the stack's
 * config, else KUBECONFIG, else the default file, else the pod that this runs in.
 *
 * @throws Error when there is no such kubeconfig or context.
 */
export async function readAccess(settings: ClusterSettings, env: NodeJS.ProcessEnv = process.env): Promise<Access> {
  const source = sourceOf(settings, env);
  return (source && plainAccess(source, settings.context)) ?? (await libraryAccess(settings));
}

interface Source {
  readonly text: string;
  /** What paths in it start from. */
  readonly folder: string;
}

/** The one text that the kubeconfig is in; undefined for several, or none. */
function sourceOf({ kubeconfig }: ClusterSettings, env: NodeJS.ProcessEnv): Source | undefined {
  if (kubeconfig !== undefined && isText(kubeconfig)) return { text: kubeconfig, folder: process.cwd() };
  const path = kubeconfig ?? (env["KUBECONFIG"] || join(homedir(), ".kube", "config"));
  if (path.includes(delimiter) || !existsSync(path)) return undefined;
  return { text: readFileSync(path, "utf8"), folder: dirname(path) };
}

/** A kubeconfig's text, rather than a path to one. */
function isText(kubeconfig: string): boolean {
  return /^\s*[{\w]+:|^\s*\{/.test(kubeconfig);
}

const cluster = z.strictObject({
  server: z.url(),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.base64().optional(),
  "tls-server-name": z.string().optional(),
  extensions: z.unknown().optional(),
});

const user = z.strictObject({
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.base64().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.base64().optional(),
  token: z.string().optional(),
});

/** A kubeconfig, of which only the parts that its context names are looked into. */
const file = z.object({
  "current-context": z.string().optional(),
  contexts: z.array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) })),
  clusters: z.array(z.object({ name: z.string(), cluster: z.unknown() })),
  users: z.array(z.object({ name: z.string(), user: z.unknown() })),
});

/**
 * What needs no more than certificates or a token; undefined for all else (plugins, passwords, proxies), and for what is
 * wrong. The client library knows all of it, and takes half a second to load.
 */
export function plainAccess({ text, folder }: Source, contextName: string | undefined): Access | undefined {
  const config = file.safeParse(parsed(text)).data;
  const wanted = contextName ?? config?.["current-context"];
  const at = config?.contexts.find(({ name }) => name === wanted)?.context;
  const server = cluster.safeParse(config?.clusters.find(({ name }) => name === at?.cluster)?.cluster).data;
  const who = user.safeParse(config?.users.find(({ name }) => name === at?.user)?.user).data;
  if (server === undefined || who === undefined) return undefined;
  const bytes = (data: string | undefined, file: string | undefined): Buffer | undefined => {
    if (data !== undefined) return Buffer.from(data, "base64");
    return file === undefined ? undefined : readFileSync(resolve(folder, file));
  };
  const tls = {
    ca: bytes(server["certificate-authority-data"], server["certificate-authority"]),
    cert: bytes(who["client-certificate-data"], who["client-certificate"]),
    key: bytes(who["client-key-data"], who["client-key"]),
    servername: server["tls-server-name"],
  };
  const given = Object.fromEntries(Object.entries(tls).filter(([, value]) => value !== undefined));
  const secure = server.server.startsWith("https:");
  const options: RequestOptions = {
    agent: secure ? new HttpsAgent({ keepAlive: true, ...given }) : new HttpAgent({ keepAlive: true }),
    ...(who.token !== undefined && { headers: { authorization: `Bearer ${who.token}` } }),
  };
  return { server: withoutSlash(server.server), options: () => Promise.resolve({ ...options }) };
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    // The library says what is wrong with it.
    return undefined;
  }
}

async function libraryAccess({ kubeconfig, context: contextName }: ClusterSettings): Promise<Access> {
  const { KubeConfig } = await import("@kubernetes/client-node");
  const config = new KubeConfig();
  if (kubeconfig === undefined) config.loadFromDefault();
  else if (isText(kubeconfig)) config.loadFromString(kubeconfig);
  else config.loadFromFile(kubeconfig);
  if (contextName !== undefined) config.setCurrentContext(contextName);
  const server = config.getCurrentCluster()?.server;
  if (server === undefined) throw new Error(`the kubeconfig has no context ${config.currentContext}`);
  return {
    server: withoutSlash(server),
    options: async () => {
      const options: RequestOptions = {};
      await config.applyToHTTPSOptions(options);
      return options;
    },
  };
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, "");
}
