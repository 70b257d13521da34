import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A server that speaks Elasticsearch's query API. */
export interface Engine {
  readonly name: string;
  readonly version: string;
  /** What its properties and the file of its settings are called by. */
  readonly properties: string;
  readonly settings: string;
  readonly main: string;
  /** The class of the plug-in for HTTP. */
  readonly http: string;
  /** Its jars, as sandbox/toolchain/maven.ts reads them. */
  readonly jars: string;
}

const list = (name: string): string => readFileSync(join(__dirname, `${name}.txt`), "utf8");

export const engines: readonly Engine[] = [
  {
    name: "Elasticsearch",
    // The last of version 7. Of 8.19, Maven Central lacks parts.
    version: "7.17.29",
    properties: "es",
    settings: "elasticsearch",
    main: "org.elasticsearch.bootstrap.Elasticsearch",
    http: "org.elasticsearch.transport.Netty4Plugin",
    jars: list("elasticsearch"),
  },
  {
    name: "OpenSearch",
    // The last of version 2. Version 3 needs Java 21.
    version: "2.19.6",
    properties: "opensearch",
    settings: "opensearch",
    main: "org.opensearch.bootstrap.OpenSearch",
    http: "org.opensearch.transport.Netty4Plugin",
    jars: list("opensearch"),
  },
];

/** What the distribution has beside the jars of its plug-in for HTTP, which Maven Central has not. */
export function descriptorOf({ settings, version, http }: Engine): string {
  const lines = {
    name: "transport-netty4",
    description: "HTTP and transport on Netty",
    version,
    [`${settings}.version`]: version,
    "java.version": "1.8",
    classname: http,
    "extended.plugins": "",
    "has.native.controller": "false",
  };
  return Object.entries(lines)
    .map(([key, value]) => `${key}=${value}\n`)
    .join("");
}
