import { ofType } from "./check";
import { type Container, containersOf, type Deployment, deploymentType, nameOf, type PodSpec } from "./kubernetes";
import { type Rule } from "./rule";

export const podSecurity: Rule = {
  name: "pod-security",
  description: "Pods are what the restricted level of pod security admits, and write to no root file system.",
  why: "A fault in a process that may be root, or gain privileges, is one in its node.",
  severity: "high",
  framework: {
    name: "Kubernetes Pod Security Standards",
    version: "1.34",
    reference: "restricted",
    specification: "https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted",
  },
  remediationSteps:
    "Leave securityContext to its defaults; where the image runs as root, set securityContext.runAsUser.",
  levels: { dev: "advisory", prod: "mandatory" },
  validateResource: ofType<Deployment>(deploymentType, function* (deployment) {
    const pod = deployment.spec?.template?.spec ?? {};
    const where = nameOf(deployment);
    for (const key of ["hostNetwork", "hostPID", "hostIPC"] as const) {
      if (pod[key] === true) yield `${where}: ${key} is true`;
    }
    for (const { name, hostPath } of pod.volumes ?? []) {
      if (hostPath !== undefined) yield `${where}: volume ${name ?? ""} is a path of the node`;
    }
    for (const container of containersOf(deployment)) {
      for (const fault of faultsOf(container, pod)) yield `${where}: container ${container.name ?? ""} ${fault}`;
    }
  }),
};

/** A container's own security context wins over its pod's. */
function* faultsOf({ securityContext: own = {} }: Container, { securityContext: shared = {} }: PodSpec) {
  if ((own.runAsNonRoot ?? shared.runAsNonRoot) !== true) yield "may run as root: set runAsNonRoot";
  if ((own.runAsUser ?? shared.runAsUser) === 0) yield "runs as root: set another runAsUser";
  if (own.privileged === true) yield "is privileged";
  if (own.allowPrivilegeEscalation !== false) yield "may gain privileges: set allowPrivilegeEscalation to false";
  if (own.readOnlyRootFilesystem !== true) yield "can write to its root file system: set readOnlyRootFilesystem";
  if (!(own.capabilities?.drop ?? []).includes("ALL")) yield "keeps capabilities: drop ALL";
  const added = (own.capabilities?.add ?? []).filter((each) => each !== "NET_BIND_SERVICE");
  if (added.length > 0) yield `adds the capabilities ${added.join(", ")}`;
}
