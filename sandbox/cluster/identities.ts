import { generateKeyPairSync, randomBytes } from "node:crypto";

/** Who may speak to the API server, and as what. Each has a token of its own, made for this one cluster. */
export const identities = {
  admin: { user: "cyan:admin", groups: ["system:masters"] },
  "kube-controller-manager": { user: "system:kube-controller-manager", groups: [] },
  "kube-scheduler": { user: "system:kube-scheduler", groups: [] },
  kubelet: { user: "system:node:cyan", groups: ["system:nodes"] },
  "kube-proxy": { user: "system:kube-proxy", groups: [] },
  traefik: { user: "cyan:traefik", groups: [] },
  prometheus: { user: "cyan:prometheus", groups: [] },
  "argo-rollouts": { user: "cyan:argo-rollouts", groups: [] },
  flagger: { user: "cyan:flagger", groups: [] },
  istio: { user: "cyan:istio", groups: [] },
} as const satisfies Record<string, { user: string; groups: readonly string[] }>;

export type Identity = keyof typeof identities;

export type Tokens = Readonly<Record<Identity, string>>;

/** A fresh secret token for each identity. */
export function newTokens(): Tokens {
  const names = Object.keys(identities) as Identity[];
  return Object.fromEntries(names.map((name) => [name, randomBytes(32).toString("hex")])) as Record<Identity, string>;
}

/** The API server's `--token-auth-file`. */
export function tokenFile(tokens: Tokens): string {
  const rows = Object.entries(identities).map(([name, { user, groups }]) =>
    [tokens[name as Identity], user, name, `"${groups.join(",")}"`].join(","),
  );
  return `${rows.join("\n")}\n`;
}

/** The key that signs service account tokens, in PEM. */
export function serviceAccountKey(): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString();
}

/**
 * A kubeconfig for one identity. The API server signs its own certificate, for the name `localhost`: the file holds it
 * as the authority, and that name.
 */
export function kubeconfig(server: string, authority: string, token: string): string {
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "cyan",
      clusters: [
        {
          name: "cyan",
          cluster: {
            server,
            "tls-server-name": "localhost",
            "certificate-authority-data": Buffer.from(authority).toString("base64"),
          },
        },
      ],
      users: [{ name: "cyan", user: { token } }],
      contexts: [{ name: "cyan", context: { cluster: "cyan", user: "cyan" } }],
    },
    undefined,
    2,
  )}\n`;
}
