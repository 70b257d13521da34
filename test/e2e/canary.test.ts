import assert from "node:assert/strict";
import { type Changes, stackOfBlock } from "../support/embedded-stack";
import { eventually, Visitor } from "../support/visitor";

const quick = { readyTimeout: "30s", drain: "0", "gate.timeout": "10s", "services.shop.preStop": "1s" };

/** Requests of each kind: few enough to be quick, and enough that a split of 30 % would show. */
const many = 10;
type Texts = Readonly<Record<string, string>>;
const all = (color: string): string[] => Array<string>(many).fill(color);

describe("who reaches the idle color, on the embedded cluster", () => {
  const stack = stackOfBlock(quick);

  /** Blue is active; what an update wrote has reached the controller when `told` says so. */
  async function reach(changes: Changes, told: () => Promise<void>): Promise<void> {
    stack().reach(changes);
    await eventually(told);
  }

  /** That requests with these headers and cookies get this color, each of them. */
  async function get(color: string, headers: Texts, cookies: Texts = {}): Promise<void> {
    const said = JSON.stringify({ headers, cookies });
    assert.deepEqual(await new Visitor(cookies).colors(many, headers), all(color), said);
  }

  /** Users who come one after another until both colors have some, and how many of them each color has. */
  async function newcomers(count: number): Promise<Record<"blue" | "green", Visitor[]>> {
    const found: Record<"blue" | "green", Visitor[]> = { blue: [], green: [] };
    for (let index = 0; index < count; index += 1) {
      const visitor = new Visitor();
      const { color } = await visitor.ask();
      found[color === "green" ? "green" : "blue"].push(visitor);
    }
    return found;
  }

  const named = { header: "X-Release", cookie: "release" };
  const sticky = { canary: { ...named, affinity: { cookie: "session", maxAge: "1h" } } };
  let users: Record<"blue" | "green", Visitor[]>;

  it("is told by header, cookie and weight together, in that order, and stays where it came first", async () => {
    await reach({ ...sticky, canaryWeight: 30 }, async () => {
      await get("green", { "X-Release": "always" });
      await get("blue", { "X-Release": "never" });
      await get("green", {}, { release: "always" });
      await get("blue", {}, { release: "never" });
      await get("blue", { "X-Release": "never" }, { release: "always" });
    });
    users = await newcomers(40);
    assert.ok(users.green.length >= 6 && users.green.length <= 18, `${users.green.length} of 40 for a weight of 30`);
    const [blue, green] = [users.blue[0] ?? assert.fail("no one"), users.green[0] ?? assert.fail("no one")];
    assert.ok([...green.cookies.keys()].some((name) => name.startsWith("session-blue")));
    assert.deepEqual(await green.colors(many), all("green"));
    assert.deepEqual(await blue.colors(many), all("blue"));
    // Traefik leads who says so before it looks at the session.
    assert.equal((await blue.ask({ "X-Release": "always" })).color, "green");
  });

  it("is let go at weight 0, with the canary route still there for who asks by name", async () => {
    const [green = assert.fail("no one")] = users.green;
    await reach({ ...sticky, canaryWeight: 0 }, async () => {
      assert.equal((await green.ask()).color, "blue");
    });
    for (const user of [...users.green, ...users.blue].slice(0, many)) assert.equal((await user.ask()).color, "blue");
    await get("green", { "X-Release": "always" });
    const behavior = ".metadata.annotations.nginx\\.ingress\\.kubernetes\\.io/affinity-canary-behavior";
    assert.equal(stack().field("ingress/shop-canary", behavior), "legacy");
  });

  it("begins its session anew at a flip that keeps a weight", async () => {
    const back = users.blue.map(({ cookies }) => new Visitor(Object.fromEntries(cookies)));
    const fresh = { ...sticky, activeColor: "green", canaryWeight: 30 };
    await reach(fresh, () => get("green", { "X-Release": "never" }));
    const colors = await Promise.all(back.map(async (user) => (await user.ask()).color));
    const green = colors.filter((color) => color === "green").length;
    assert.ok(green > colors.length / 2, `${green} of ${colors.length} with a session of before`);
    assert.ok([...(back[0]?.cookies.keys() ?? [])].some((name) => name.startsWith("session-green")));
  });

  it("is told by a value of the header, which takes the words always and never their meaning", async () => {
    const next = { canary: { header: "X-Release", headerValue: "next" } };
    await reach(next, async () => {
      await get("green", { "X-Release": "next" });
      await get("blue", { "X-Release": "always" });
      await get("blue", {});
    });
  });

  it("is told by a pattern of the header", async () => {
    const pattern = { canary: { header: "X-User", headerPattern: "^beta-[0-9]+$" } };
    await reach(pattern, async () => {
      await get("green", { "X-User": "beta-17" });
      await get("blue", { "X-User": "beta-" });
      await get("blue", { "X-User": "a-beta-17" });
    });
  });
});
