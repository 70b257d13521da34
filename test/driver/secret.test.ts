import assert from "node:assert/strict";
import { inspect } from "node:util";
import { redact, resolveSecret, Secret } from "../../driver/secret";

describe("a secret", () => {
  it("does not print itself, whatever prints it", () => {
    const secret = new Secret("hunter2");
    assert.deepEqual(
      [
        String(secret),
        secret.toString(),
        JSON.stringify({ secret }),
        inspect({ secret }),
        inspect(secret, { showHidden: true }),
      ],
      ["[secret]", "[secret]", '{"secret":"[secret]"}', "{ secret: [secret] }", "[secret]"],
    );
    assert.equal(secret.reveal(), "hunter2");
  });

  it("is taken out of a text as it is, in a URL, and in base64", () => {
    const secret = new Secret("a b/c");
    const encoded = Buffer.from("a b/c").toString("base64");
    assert.equal(
      redact(`x a b/c y a%20b%2Fc z ${encoded}`, [secret, new Secret("")]),
      "x [secret] y [secret] z [secret]",
    );
  });

  it("comes from the environment or the stack's config", () => {
    const sources = { env: { TOKEN: "one" }, credentials: { key: "two" } };
    const values = [{ env: "TOKEN" }, { config: "key" }].map((reference) => resolveSecret(reference, sources));
    assert.deepEqual(
      values.map((value) => (value instanceof Secret ? value.reveal() : value)),
      ["one", "two"],
    );
  });
});
