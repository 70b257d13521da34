import * as pulumi from "@pulumi/pulumi";

/** One resource that a program registered. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** Name of the parent; empty for a resource at the top. */
  readonly parent: string;
  /** As the SDK types them for its mocks: whatever shape the resource's provider gives them. */
  readonly inputs: pulumi.runtime.MockResourceArgs["inputs"];
  /** Names of the resources that it waits for. */
  readonly dependencies: readonly string[];
  /** How long its creation may take, as Pulumi writes it; empty for the provider's default. */
  readonly createTimeout: string;
  /** Paths of inputs whose changes are ignored. */
  readonly ignoreChanges: readonly string[];
  /** Whether the object stays when the resource is deleted. */
  readonly retainOnDelete: boolean;
}

interface RegisterRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getDependenciesList(): string[];
  getIgnorechangesList(): string[];
  getRetainondelete(): boolean;
  getCustomtimeouts(): { getCreate(): string } | undefined;
}

interface Monitor {
  registerResourceHook(request: unknown, callback: (error: unknown, response: unknown) => void): void;
  registerResource(request: RegisterRequest, callback: (error: unknown, response: unknown) => void): Promise<void>;
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? "";

/** Runs `program` under mocks, and gives what it registered, by name, when all of it is registered. */
export async function registeredBy(program: () => unknown): Promise<ReadonlyMap<string, Registered>> {
  const registered = new Map<string, Registered>();
  const inputs = new Map<string, unknown>();
  await pulumi.runtime.setMocks(
    {
      newResource: (args) => {
        inputs.set(`${args.type} ${args.name}`, args.inputs);
        return { id: `${args.name}-id`, state: named(args.name, args.inputs as Record<string, unknown>) };
      },
      call: (args) => args.inputs as Record<string, unknown>,
    },
    "cyan",
    "test",
    false,
  );
  // The mocks tell neither parents nor dependencies, so they are read off the requests themselves.
  const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
  const register = monitor.registerResource.bind(monitor);
  // The mocks take no hooks. None is ever called: a test calls it itself.
  monitor.registerResourceHook = (_, callback) => {
    callback(null, {});
  };
  monitor.registerResource = async (request, callback) => {
    await register(request, callback);
    const type = request.getType();
    const name = request.getName();
    if (registered.has(name)) throw new Error(`two resources are named ${name}`);
    registered.set(name, {
      type,
      name,
      parent: nameOf(request.getParent()),
      inputs: inputs.get(`${type} ${name}`),
      dependencies: request.getDependenciesList().map(nameOf),
      createTimeout: request.getCustomtimeouts()?.getCreate() ?? "",
      ignoreChanges: request.getIgnorechangesList(),
      retainOnDelete: request.getRetainondelete(),
    });
  };
  await pulumi.runtime.runInPulumiStack(() => {
    program();
    return Promise.resolve({});
  });
  await pulumi.runtime.disconnect();
  return registered;
}

/** The state of an object: one that is declared without a name gets one from the provider. */
function named(resource: string, state: Record<string, unknown>): Record<string, unknown> {
  const metadata = state["metadata"] as Record<string, unknown> | undefined;
  return metadata === undefined ? state : { ...state, metadata: { name: `${resource}-drawn`, ...metadata } };
}

/** Whether `later` waits for `earlier`, directly or through others. */
export function waitsFor(registered: ReadonlyMap<string, Registered>, later: string, earlier: string): boolean {
  const direct = registered.get(later)?.dependencies;
  if (direct === undefined) throw new Error(`no resource ${later}; there are ${[...registered.keys()].join(", ")}`);
  return direct.includes(earlier) || direct.some((each) => waitsFor(registered, each, earlier));
}

/** The value of an output. Rejects when the output does. */
export function valueOf<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return (output as unknown as { promise(): Promise<pulumi.Unwrap<T>> }).promise();
}
