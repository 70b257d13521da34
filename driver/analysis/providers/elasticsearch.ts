import { z } from "zod";
import { text } from "../../../components/config/fields";
import { credentials, url } from "../../../components/config/server";
import { secretReference } from "../../../components/config/credential";
import { authorization, httpArgs } from "../../authorization";
import { endpoint, isRecord, numberAt, requestJson } from "./http";
import { providerKind } from "./provider";

const settings = z.strictObject({
  url,
  index: text,
  timeField: text.default("@timestamp"),
  apiKey: secretReference.optional(),
  ...credentials,
});

/** How many documents match, or a number out of an aggregation. */
const query = z.union([text, z.strictObject({ query: text, aggs: z.record(z.string(), z.unknown()), value: text })], {
  error: "write a Lucene query, or a map with query, aggs and value (path of the number in the answer)",
});

/**
 * Elasticsearch, or OpenSearch: the documents of the window that match a Lucene query, counted
 * (https://www.elastic.co/docs/api/doc/elasticsearch/operation/operation-count) or aggregated.
 */
export const elasticsearch = providerKind({
  settings,
  query,
  counts: "window",
  create: ({ url: base, index, timeField, user }, args) => {
    const apiKey = args.secrets["apiKey"];
    const headers = {
      "content-type": "application/json",
      ...(apiKey === undefined ? authorization(user, args.secrets) : { authorization: `ApiKey ${apiKey.reveal()}` }),
    };
    const http = httpArgs(args, user);
    return {
      query: async (asked, { window, signal }) => {
        const parsed = query.parse(asked);
        const plain = typeof parsed === "string";
        const range = { [timeField]: { gt: window.from, lte: window.to, format: "epoch_millis" } };
        const filter = [{ query_string: { query: plain ? parsed : parsed.query } }, { range }];
        const body = { query: { bool: { filter } }, ...(!plain && { size: 0, aggs: parsed.aggs }) };
        const path = `/${encodeURIComponent(index)}/${plain ? "_count" : "_search"}`;
        const request = { method: "POST", headers, body: JSON.stringify(body) };
        const answer = await requestJson(endpoint(base, path), request, http, signal);
        if (answer.kind === "failure") return answer;
        const { failed } = shardsOf(answer.body);
        if (failed > 0) return { kind: "failure", why: `${failed} shards of ${index} did not answer` };
        if (isRecord(answer.body) && answer.body["timed_out"] === true) {
          return { kind: "failure", why: `the search of ${index} timed out on the server, which answered with a part` };
        }
        return numberAt(answer.body, plain ? "count" : parsed.value);
      },
      check: async (signal) => {
        const path = `/${encodeURIComponent(index)}/_count`;
        const answer = await requestJson(endpoint(base, path), { headers }, http, signal);
        if (answer.kind === "failure") return answer.why;
        // A pattern may match nothing, which is no error to the server, and neither is a key that may not see what it matches.
        const none = `${base} has no index ${index}, or none that these credentials may read`;
        return shardsOf(answer.body).total === 0 ? none : undefined;
      },
    };
  },
});

/** How many parts the indices have, and how many did not answer: a count of only some of them is no count. */
function shardsOf(body: unknown): { readonly total: number; readonly failed: number } {
  const shards = isRecord(body) ? body["_shards"] : undefined;
  const number = (key: string): number => (isRecord(shards) && typeof shards[key] === "number" ? shards[key] : 0);
  return { total: number("total"), failed: number("failed") };
}
