import { z } from "zod";
import { text } from "../../../components/config/fields";
import { credentials, url } from "../../../components/config/server";
import { authorization, httpArgs } from "../../authorization";
import { endpoint, numberAt, requestJson } from "./http";
import { providerKind } from "./provider";

const settings = z.strictObject({
  url,
  /** Path and parameters that `check` asks for; nothing is asked for where there is none. */
  health: text.optional(),
  ...credentials,
});

const query = z.strictObject(
  {
    /** After the provider's URL, with parameters. */
    path: text.startsWith("/", "begins with /"),
    method: z.enum(["GET", "POST"]).default("GET"),
    body: z.unknown().optional(),
    /** Where the number is in the answer. */
    value: text,
  },
  { error: "write a map with path and value (path of the number in the answer)" },
);

/** Anything that answers with JSON over HTTP. */
export const web = providerKind({
  settings,
  query,
  counts: "window",
  create: ({ url: base, health, user }, args) => {
    const headers = { "content-type": "application/json", ...authorization(user, args.secrets) };
    const http = httpArgs(args, user);
    return {
      query: async (asked, { signal }) => {
        const { path, method, body, value } = query.parse(asked);
        const request = { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) };
        const answer = await requestJson(endpoint(base, path), request, http, signal);
        return answer.kind === "failure" ? answer : numberAt(answer.body, value);
      },
      check: async (signal) => {
        if (health === undefined) return undefined;
        const answer = await requestJson(endpoint(base, health), { headers }, http, signal);
        return answer.kind === "failure" ? answer.why : undefined;
      },
    };
  },
});
