import { activeImage } from "./active-image";
import { canaryBeforeFlip } from "./canary-before-flip";
import { canaryService } from "./canary-service";
import { colorParity } from "./color-parity";
import { disruptionBudget } from "./disruption-budget";
import { drainTime } from "./drain-time";
import { freezeWindow } from "./freeze-window";
import { gateForce } from "./gate-force";
import { idleCapacity } from "./idle-capacity";
import { imageDigest } from "./image-digest";
import { imageRegistry } from "./image-registry";
import { imageTag } from "./image-tag";
import { knownTraffic } from "./known-traffic";
import { minReplicas } from "./min-replicas";
import { oneColorImage } from "./one-color-image";
import { plainSecrets } from "./plain-secrets";
import { podSecurity } from "./pod-security";
import { probes } from "./probes";
import { requiredLabels } from "./required-labels";
import { resourceLimits } from "./resource-limits";
import { type Rule } from "./rule";
import { seccompProfile } from "./seccomp-profile";
import { serviceAccountToken } from "./service-account-token";
import { soakTime } from "./soak-time";
import { tls } from "./tls";
import { topologySpread } from "./topology-spread";
import { uniqueRoute } from "./unique-route";
import { weightLimit } from "./weight-limit";
import { weightStep } from "./weight-step";
import { wildcardHost } from "./wildcard-host";

/** Every rule, by what it is about, in the order in which docs/policies.md has them. */
export const catalogue = {
  "Transitions: who gets how much, and when": [
    knownTraffic,
    weightLimit,
    weightStep,
    canaryBeforeFlip,
    idleCapacity,
    gateForce,
    soakTime,
    freezeWindow,
  ],
  "Images, and what both colors share": [activeImage, oneColorImage, imageDigest, imageTag, imageRegistry, colorParity],
  Workloads: [
    minReplicas,
    disruptionBudget,
    probes,
    resourceLimits,
    podSecurity,
    plainSecrets,
    drainTime,
    seccompProfile,
    serviceAccountToken,
    topologySpread,
    requiredLabels,
  ],
  Routes: [tls, wildcardHost, canaryService, uniqueRoute],
} as const satisfies Record<string, readonly Rule[]>;

export const rules: readonly Rule[] = Object.values(catalogue).flat();
