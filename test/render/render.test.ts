import assert from "node:assert/strict";
import { check } from "prettier";
import { parse, parseAllDocuments } from "yaml";
import { capabilities } from "../../components/model/routers";
import { type RouterKind, routerKinds } from "../../components/model/settings";
import { Release, releaseArgs } from "../../components/release";
import { type Grouping, groupings, type RenderedFile } from "../../render/layout";
import { type Manifest } from "../../render/manifest";
import { renderRelease, type Rendering } from "../../render/render";
import { goodConfig, settingsOf } from "../components/fixtures";
import { type Registered, registeredBy } from "../support/mocks";

/** The fixture's config for a router, as much as it can do, with each kind of object that a color can have. */
function configFor(router: RouterKind): Record<string, unknown> {
  const { shop } = goodConfig.services;
  const can = capabilities[router];
  const ingress = { ...goodConfig.ingress, ...(can.gateway && { gateway: "infra/edge" }) };
  return {
    namespace: "shop",
    router,
    ...(can.host && { ingress, previewHost: goodConfig.previewHost }),
    ...(can.weight && { canaryWeight: 20 }),
    ...(can.mirror && { canary: { mirror: 10 } }),
    networkPolicy: { from: ["ingress"] },
    services: {
      shop: {
        ...shop,
        files: { "/etc/shop/features.yaml": "checkout: on\n" },
        green: { ...shop.green, env: { CHECKOUT: "on", SINCE: "2026-01-01", MODE: "0o17" } },
      },
      jobs: {
        ...shop,
        ...(can.autoscaling && { autoscaling: { minReplicas: 2, maxReplicas: 9 } }),
        ...(can.host && { ingress: false }),
      },
    },
  };
}

const render = (config: Readonly<Record<string, unknown>>, grouping: Grouping = "object"): Promise<Rendering> =>
  renderRelease(settingsOf(config), { stack: "acme/shop/prod-", grouping });

const rendered = new Map<RouterKind, Promise<Rendering>>();

/** The release that a router can do most of; it is rendered once for all who read it. */
function renderedWith(router: RouterKind): Promise<Rendering> {
  const rendering = rendered.get(router) ?? render(configFor(router));
  rendered.set(router, rendering);
  return rendering;
}

const yamlFiles = ({ files }: Rendering): RenderedFile[] =>
  files.filter(({ path }) => path.endsWith(".yaml") && !path.endsWith("kustomization.yaml"));

/** The objects in the text of the files. */
const written = (rendering: Rendering): Manifest[] =>
  yamlFiles(rendering).flatMap(({ text }) => parseAllDocuments(text).map((each) => each.toJS() as Manifest));

const nameOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.name}`;

/** What the components register, without what only the engine reads. */
function declared({ inputs, ignoreChanges }: Registered): Manifest {
  const { metadata, spec, ...rest } = inputs as Manifest & { readonly spec?: Record<string, unknown> };
  const { annotations, ...others } = metadata;
  const kept = Object.entries(annotations ?? {}).filter(([name]) => !name.startsWith("pulumi.com/"));
  const { replicas, ...unscaled } = spec ?? {};
  const scaled = replicas === undefined || ignoreChanges.includes("spec.replicas");
  return {
    ...rest,
    metadata: { ...others, ...(kept.length > 0 && { annotations: Object.fromEntries(kept) }) },
    ...(spec && { spec: scaled ? unscaled : spec }),
  };
}

describe("a rendered release", () => {
  for (const router of routerKinds) {
    it(`has with ${router} the objects that the components declare, and no other`, async () => {
      const config = configFor(router);
      const registered = await registeredBy(() => new Release("r", releaseArgs(settingsOf(config))));
      const expected = [...registered.values()]
        .filter(({ type }) => type.startsWith("kubernetes:") && !type.endsWith("Patch"))
        .map(declared)
        .map((each) => [nameOf(each), each] as const);
      const objects = written(await renderedWith(router)).map((each) => [nameOf(each), each] as const);
      assert.deepEqual(Object.fromEntries(objects), Object.fromEntries(expected));
      assert.equal(objects.length, expected.length);
    });
  }

  it("leaves the number of pods to an autoscaler, and says so", async () => {
    const { files } = await renderedWith("ingress-nginx");
    const text = files.find(({ path }) => path === "blue/jobs-blue-deployment.yaml")?.text ?? "";
    assert.doesNotMatch(text, /replicas:/);
    assert.match(text.replaceAll("\n# ", " "), /The autoscaler has the number of pods, so it is not written here\./);
  });

  it("is the same each time", async () => {
    const config = configFor("ingress-nginx");
    const [one, other] = [await render(config), await render(config)];
    assert.deepEqual(one, other);
  });

  for (const grouping of groupings) {
    it(`is formatted, says in each file where it is from, and means the same to an older parser (${grouping})`, async () => {
      const rendering = await render(configFor("ingress-nginx"), grouping);
      for (const { path, text } of rendering.files) {
        assert.match(text, /Made by cyan render from the config of the stack acme\/shop\/prod-: change that/, path);
        if (!path.endsWith(".yaml")) continue;
        assert.ok(await check(text, { parser: "yaml", printWidth: 120 }), text);
        const [now, before] = (["core", "yaml-1.1"] as const).map((schema) =>
          parseAllDocuments(text, { schema }).map((each) => each.toJS() as unknown),
        );
        assert.deepEqual(before, now, path);
      }
    });
  }

  it("has a comment on each object", async () => {
    for (const router of routerKinds) {
      for (const { path, text } of yamlFiles(await renderedWith(router))) {
        assert.match(text, /^# Made by .*\n# \S.*\n/, `${router} ${path}`);
      }
    }
  });

  it("says what the Service of a service selects", async () => {
    const comment = async (router: RouterKind): Promise<string> => {
      const { files } = await renderedWith(router);
      const text = files.find(({ path }) => path === "routes/shop-service.yaml")?.text ?? "";
      return text.split("\n")[1] ?? "";
    };
    assert.match(await comment("service"), /selects the color that serves\.$/);
    assert.match(await comment("replicas"), /selects the pods of both colors, which share by their number\.$/);
  });

  it("has a folder for each color, or a file in it for all of the color", async () => {
    const paths = async (grouping: Grouping) => (await render(goodConfig, grouping)).files.map(({ path }) => path);
    assert.deepEqual(await paths("object"), [
      "README.md",
      "kustomization.yaml",
      "namespace.yaml",
      "blue/kustomization.yaml",
      "blue/shop-blue-service.yaml",
      "blue/shop-blue-serviceaccount.yaml",
      "blue/shop-blue-deployment.yaml",
      "blue/shop-blue-poddisruptionbudget.yaml",
      "green/kustomization.yaml",
      "green/shop-green-service.yaml",
      "green/shop-green-serviceaccount.yaml",
      "green/shop-green-deployment.yaml",
      "green/shop-green-poddisruptionbudget.yaml",
      "routes/kustomization.yaml",
      "routes/shop-ingress.yaml",
      "routes/shop-canary-ingress.yaml",
      "routes/shop-service.yaml",
      "routes/shop-preview-service.yaml",
      "routes/shop-preview-ingress.yaml",
    ]);
    assert.deepEqual(await paths("environment"), [
      "README.md",
      "kustomization.yaml",
      "namespace.yaml",
      "blue/kustomization.yaml",
      "blue/blue.yaml",
      "green/kustomization.yaml",
      "green/green.yaml",
      "routes/kustomization.yaml",
      "routes/routes.yaml",
    ]);
  });

  it("keeps a file's name when the hash in its object's name changes", async () => {
    const { files } = await renderedWith("service");
    const map = files.find(({ path }) => path === "blue/shop-blue-configmap.yaml");
    assert.match(map?.objects[0]?.metadata.name ?? "", /^shop-blue-config-[0-9a-f]{10}$/);
  });

  it("has kustomizations that list every file, with namespace, label and images, and the routes last", async () => {
    const { files } = await render(goodConfig);
    const kustomization = (path: string): unknown => parse(files.find((file) => file.path === path)?.text ?? "");
    const common = {
      apiVersion: "kustomize.config.k8s.io/v1beta1",
      kind: "Kustomization",
      namespace: "shop",
      labels: [{ pairs: { "app.kubernetes.io/part-of": "prod" } }],
    };
    assert.deepEqual(kustomization("kustomization.yaml"), {
      ...common,
      resources: ["namespace.yaml", "blue", "green", "routes"],
    });
    assert.deepEqual(kustomization("green/kustomization.yaml"), {
      ...common,
      resources: ["service", "serviceaccount", "deployment", "poddisruptionbudget"].map(
        (kind) => `shop-green-${kind}.yaml`,
      ),
      images: [{ name: "registry/shop", newTag: "2" }],
    });
    assert.deepEqual(kustomization("routes/kustomization.yaml"), {
      ...common,
      commonAnnotations: { "argocd.argoproj.io/sync-wave": "1" },
      resources: [
        "shop-ingress.yaml",
        "shop-canary-ingress.yaml",
        "shop-service.yaml",
        "shop-preview-service.yaml",
        "shop-preview-ingress.yaml",
      ],
    });
  });

  it("has no namespace where that is not the stack's", async () => {
    const { files } = await render({ ...goodConfig, createNamespace: false });
    assert.ok(
      files.every(
        ({ path, objects }) => path !== "namespace.yaml" && objects.every((each) => each.kind !== "Namespace"),
      ),
    );
    assert.doesNotMatch(files.find(({ path }) => path === "README.md")?.text ?? "", /namespace\.yaml/);
  });

  it("has no secret in it, and says how to make what the pods name", async () => {
    const secrets = { shop: { env: { TOKEN: "hunter2" }, green: { files: { "/etc/shop/key.pem": "correct horse" } } } };
    const { files, secrets: absent } = await render({ ...goodConfig, secrets });
    for (const { path, text } of files) assert.doesNotMatch(text, /hunter2|correct horse|kind: Secret$/m, path);
    assert.deepEqual(
      absent.map(({ name, keys }) => [name, keys]),
      [
        ["shop-blue-secret", ["TOKEN"]],
        ["shop-green-secret", ["TOKEN", "0-key.pem"]],
      ],
    );
    const green = files.find(({ path }) => path === "green/shop-green-deployment.yaml")?.text ?? "";
    assert.match(green, /secretKeyRef:\n +name: shop-green-secret\n +key: TOKEN\n/);
    assert.match(green, /secretName: shop-green-secret\n/);
    assert.match(
      files.find(({ path }) => path === "README.md")?.text ?? "",
      /kubectl -n shop create secret generic shop-green-secret --from-file=TOKEN=PATH --from-file=0-key\.pem=PATH\n/,
    );
  });
});
