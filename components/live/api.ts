import { type IncomingMessage, request as overHttp } from "node:http";
import { request as overHttps } from "node:https";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { type HttpAnswer, type KubernetesObject, type Metadata, type ObjectKind } from "./cluster";
import { type Access } from "./kubeconfig";

/** What the API server refused. */
export class ApiError extends Error {
  constructor(
    message: string,
    /** The HTTP status. */
    readonly code: number,
  ) {
    super(message);
  }
}

export interface Asked {
  readonly method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object;
  /** `application/json` unless it is a patch of some kind. */
  readonly contentType?: string;
  readonly signal?: AbortSignal;
}

/** Where the objects of a kind are. */
interface Place {
  /** The path of the API group's version, such as `/apis/apps/v1`. */
  readonly group: string;
  /** In the plural, as paths have it. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** Which objects of a kind are wanted. */
export interface Wanted {
  readonly namespace?: string;
  /** One object, where a path to one is wanted. */
  readonly name?: string;
}

/** How long one request may take, in milliseconds: a cluster that does not answer must not hold up a preview. */
const requestTimeout = 10_000;

/** More of a body than this is not read, in bytes, of what is not the API server's own. */
const longest = 1_048_576;

/** Milliseconds to leave a server alone that ended a watch, and one that refused it or broke it off. */
const watchPause = { ended: 250, failed: 1_000 };

/** Requests to a Kubernetes API server. https://kubernetes.io/docs/reference/using-api/api-concepts */
export class Api {
  /** By group and version, what the server has in it. */
  private readonly discovered = new Map<string, Promise<readonly Discovered[]>>();

  constructor(private readonly access: Access) {}

  /**
   * Asks for JSON.
   *
   * @throws ApiError for any status but 2xx; Error when there is no answer.
   */
  async ask<T>(path: string, asked: Asked = {}): Promise<T> {
    const signal = AbortSignal.any([AbortSignal.timeout(requestTimeout), ...(asked.signal ? [asked.signal] : [])]);
    const response = await this.send(path, { ...asked, signal });
    const body = await bodyOf(response);
    const status = response.statusCode ?? 0;
    if (status < 200 || status > 299) throw new ApiError(reasonOf(body, status), status);
    return JSON.parse(body) as T;
  }

  /** Asks for text, as `ask`. */
  async text(path: string, query: Readonly<Record<string, string>>): Promise<string> {
    const response = await this.send(path, { query, signal: AbortSignal.timeout(requestTimeout) });
    const body = await bodyOf(response, longest);
    const status = response.statusCode ?? 0;
    if (status !== 200) throw new ApiError(reasonOf(body, status), status);
    return body;
  }

  /** Asks with GET and takes any status for an answer. */
  async get(path: string, signal: AbortSignal): Promise<HttpAnswer> {
    const response = await this.send(path, { signal });
    return { status: response.statusCode ?? 0, body: await bodyOf(response, longest) };
  }

  /** The objects of a collection's path, with their times as dates. */
  async list<T extends KubernetesObject>(path: string, query: Readonly<Record<string, string>> = {}): Promise<T[]> {
    const { items } = await this.ask<{ readonly items: readonly T[] }>(path, { query });
    return items.map(withDates);
  }

  /** The path of a kind's objects, or of one of them; undefined when the server does not know the kind. */
  async pathOf(kind: ObjectKind, { namespace, name }: Wanted): Promise<string | undefined> {
    const place = await this.placeOf(kind);
    if (place === undefined) return undefined;
    const within = place.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : "";
    return `${place.group}${within}/${place.resource}${name === undefined ? "" : `/${name}`}`;
  }

  /**
   * Calls back at each change in a collection, until the signal fires. The server ends a watch now and then: it is begun
   * anew, and what changed meanwhile is a change as well.
   */
  async watch(
    path: string,
    query: Readonly<Record<string, string>>,
    changed: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    while (!signal.aborted) {
      // What changed before the watch began, or between two of them, is asked for by the caller.
      changed();
      const end = await this.watchOnce(path, query, changed, signal);
      await sleep(watchPause[end], undefined, { signal }).catch(() => undefined);
    }
  }

  /** Why it failed, the next request of the caller will say. */
  private async watchOnce(
    path: string,
    query: Readonly<Record<string, string>>,
    changed: () => void,
    signal: AbortSignal,
  ): Promise<keyof typeof watchPause> {
    try {
      const response = await this.send(path, { query: { ...query, watch: "true" }, signal });
      if (response.statusCode !== 200) {
        response.destroy();
        return "failed";
      }
      response.socket.setKeepAlive(true, 30_000);
      for await (const line of createInterface({ input: response })) if (line !== "") changed();
      return "ended";
    } catch {
      return "failed";
    }
  }

  private async placeOf({ apiVersion, kind }: ObjectKind): Promise<Place | undefined> {
    const group = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
    let found = this.discovered.get(group);
    if (found === undefined) {
      found = this.discover(group);
      this.discovered.set(group, found);
      // Not known now is not never known: a definition may be installed by the update that asks.
      found.then(
        (resources) => resources.length === 0 && this.discovered.delete(group),
        () => this.discovered.delete(group),
      );
    }
    const place = (await found).find((each) => each.kind === kind && !each.name.includes("/"));
    return place && { group, resource: place.name, namespaced: place.namespaced };
  }

  private async discover(group: string): Promise<readonly Discovered[]> {
    try {
      return (await this.ask<{ readonly resources: readonly Discovered[] }>(group)).resources;
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return [];
      throw error;
    }
  }

  private async send(path: string, asked: Asked): Promise<IncomingMessage> {
    const { method = "GET", query = {}, body, contentType = "application/json", signal } = asked;
    const url = new URL(this.access.server + path);
    for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value);
    const { headers, ...options } = await this.access.options();
    const text = body === undefined ? undefined : JSON.stringify(body);
    const send = url.protocol === "http:" ? overHttp : overHttps;
    return new Promise((resolve, reject) => {
      const request = send(
        url,
        {
          ...options,
          method,
          ...(signal && { signal }),
          headers: {
            ...(headers as Record<string, string> | undefined),
            accept: "application/json, */*",
            "user-agent": "cyan",
            ...(text !== undefined && { "content-type": contentType, "content-length": Buffer.byteLength(text) }),
          },
        },
        resolve,
      );
      request.on("error", (error: NodeJS.ErrnoException) => {
        // The server closed the connection while it was taken for the next request, which it has not seen.
        const unseen = request.reusedSocket && error.code === "ECONNRESET" && method !== "POST";
        if (unseen) resolve(this.send(path, asked));
        else reject(error);
      });
      request.end(text);
    });
  }
}

interface Discovered {
  readonly kind: string;
  readonly name: string;
  readonly namespaced: boolean;
}

/** The body as text, up to `most` bytes. */
async function bodyOf(response: IncomingMessage, most = Infinity): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length >= most) break;
  }
  return Buffer.concat(chunks)
    .subarray(0, Number.isFinite(most) ? most : undefined)
    .toString();
}

/** What the server says of a refusal: a Status object, unless a proxy answered. */
function reasonOf(body: string, status: number): string {
  try {
    const { message } = JSON.parse(body) as { readonly message?: string };
    if (message) return message;
  } catch {
    // Not the API server's own words.
  }
  return `HTTP status ${status}${body === "" ? "" : `: ${body.slice(0, 200)}`}`;
}

/** An object with its times as dates. */
export function withDates<T extends KubernetesObject>(object: T): T {
  const { metadata } = object;
  if (metadata === undefined) return object;
  const dated = (name: "creationTimestamp" | "deletionTimestamp"): object => {
    const value = (metadata as Readonly<Record<string, unknown>>)[name];
    return typeof value === "string" ? { [name]: new Date(value) } : {};
  };
  const managedFields = metadata.managedFields?.map((field) => ({
    ...field,
    ...(field.time !== undefined && { time: new Date(field.time) }),
  }));
  const times: Metadata = {
    ...dated("creationTimestamp"),
    ...dated("deletionTimestamp"),
    ...(managedFields && { managedFields }),
  };
  return { ...object, metadata: { ...metadata, ...times } };
}
