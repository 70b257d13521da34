import { randomUUID } from "node:crypto";
import { readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { type Cluster } from "../../components/live/cluster";
import { connect } from "../../components/live/connect";
import { type ClusterEvents, connectEvents, mainRoutes, type ObjectReference } from "../../components/live/events";
import { connectLeases, type Leases } from "../../components/live/leases";
import { readLive } from "../../components/live/read";
import { colors } from "../../components/model/color";
import { type PolicyPack } from "../../components/model/rollout";
import { shareOf } from "../../components/model/traffic";
import { liveRouters } from "../../components/routers/live";
import { openStack } from "../automation/local-stack";
import { type ReleaseStack } from "../automation/release-stack";
import { checkout } from "../checkout";
import { type Invocation, UserError } from "../invocation";
import { readStack, type Stack } from "../stack";
import { type Holder, holderOf } from "./holder";
import { leaseName } from "./lease";
import { type LiveTraffic } from "./work";

export interface SessionOptions {
  readonly stack?: string;
  /** Folders of policy packs, besides those of the config. */
  readonly policyPack?: readonly string[];
  /** A file for each of those, in their order. */
  readonly policyPackConfig?: readonly string[];
}

/** What a command works with that reads or drives a rollout. */
export interface Session {
  readonly stack: Stack;
  readonly leases: Leases;
  readonly leaseName: string;
  readonly holder: Holder;
  /** Who runs the command, for receipts and for whoever is asked. */
  readonly user: string;
  readonly live: LiveTraffic;
  /** What is written on the routes of the stack's services. */
  readonly events: ClusterEvents;
  readonly routes: () => Promise<readonly ObjectReference[]>;
  readonly release: ReleaseStack;
}

/**
 * Reads the stack, and connects to its cluster.
 *
 * @throws UserError when the stack or its config is wrong.
 */
export async function openSession(options: SessionOptions, invocation: Invocation): Promise<Session> {
  const packs = packsOf(options);
  const stack = await readStack(options, checkout, invocation);
  const { namespace, cluster } = stack.settings;
  const user = invocation.env["GITHUB_ACTOR"] ?? invocation.env["GITLAB_USER_LOGIN"] ?? userInfo().username;
  const services = stack.settings.services.map(({ name }) => name);
  const connected = await connect(namespace, cluster);
  return {
    stack,
    leases: await connectLeases(namespace, cluster),
    leaseName: leaseName(stack.name),
    holder: thisProcess(user),
    user,
    live: liveTraffic(connected, stack),
    events: await connectEvents(namespace, cluster),
    routes: () => mainRoutes(connected, liveRouters[stack.settings.router], services),
    release: whenUsed(stack.name, () =>
      openStack({
        checkout,
        stack: stack.name,
        policyPacks: [...stack.settings.rollout.policyPacks, ...packs],
        env: environment(invocation.env),
        host: hostname(),
        isAlive,
        terminal: process.stdin.isTTY,
      }),
    ),
  };
}

/** @throws UserError when it is not said which pack a config is of. */
export function packsOf({ policyPack = [], policyPackConfig }: SessionOptions): PolicyPack[] {
  if (policyPackConfig !== undefined && policyPackConfig.length !== policyPack.length) {
    const [packs, configs] = [policyPack.length, policyPackConfig.length];
    throw new UserError(
      `--policy-pack-config: ${configs} for ${packs} of --policy-pack; write one for each, in their order`,
    );
  }
  return policyPack.map((folder, index) => {
    const config = policyPackConfig?.[index];
    return { folder, ...(config !== undefined && { config }) };
  });
}

/** A stack that is opened when something is first done with it: an abort leads live requests back before that. */
function whenUsed(name: string, open: () => Promise<ReleaseStack>): ReleaseStack {
  let opened: Promise<ReleaseStack> | undefined;
  const stack = (): Promise<ReleaseStack> => (opened ??= open());
  return {
    name,
    declare: async (values) => (await stack()).declare(values),
    preview: async (signal) => (await stack()).preview(signal),
    up: async (message, signal) => (await stack()).up(message, signal),
    tag: async (tagName, value) => (await stack()).tag(tagName, value),
  };
}

/** Live traffic of a stack. It is led to a color only where that has something ready for each service. */
function liveTraffic(cluster: Cluster, { settings }: Stack): LiveTraffic {
  const router = liveRouters[settings.router];
  const services = settings.services.map(({ name }) => name);
  const read: LiveTraffic["read"] = () => readLive(Promise.resolve(cluster), services, router);
  return {
    read,
    async move(traffic) {
      const live = await read();
      if (!live.known) throw new Error(live.why);
      for (const { name, environments } of live.services) {
        const unready = colors.find((color) => shareOf(traffic, color) > 0 && environments[color].ready === 0);
        if (unready !== undefined) throw new Error(`${name}: ${unready} has no ready endpoint`);
      }
      await router.move(cluster, services, traffic);
    },
  };
}

function thisProcess(user: string): Holder {
  return holderOf({ user, host: hostname(), space: processSpace(), pid: process.pid, started: randomUUID(), isAlive });
}

/** The namespace that process numbers belong to; a container has one of its own. */
function processSpace(): string {
  try {
    return readlinkSync("/proc/self/ns/pid").replace(/\D/g, "");
  } catch {
    return process.platform; // Only Linux has them.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function environment(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])));
}
