import { together } from "./check";
import { budgetType, type Deployment, deploymentType, type DisruptionBudget, nameOf } from "./kubernetes";
import { type Rule } from "./rule";

export const disruptionBudget: Rule = {
  name: "disruption-budget",
  description: "Each Deployment of two replicas or more has a disruption budget, which spares pods and lets some go.",
  why: "Without one a node's upgrade may take all pods at once; one that lets none go blocks it.",
  severity: "medium",
  remediationSteps: "Declare a PodDisruptionBudget that selects the Deployment's pods, with maxUnavailable: 1.",
  levels: { dev: "advisory", prod: "mandatory" },
  validateStack: together<Deployment & DisruptionBudget>([deploymentType, budgetType], function* (resources) {
    const budgets = resources.filter(({ type }) => type === budgetType).map(({ props }) => props);
    for (const budget of budgets) {
      if (/^0%?$/.test(String(budget.spec?.maxUnavailable)) || budget.spec?.minAvailable === "100%") {
        yield `${nameOf(budget)}: lets no pod go, so that no node can be drained; set maxUnavailable to 1`;
      }
    }
    const selections = budgets.map(selectionOf);
    for (const { type, props: deployment } of resources) {
      if (type !== deploymentType || (deployment.spec?.replicas ?? 1) < 2) continue;
      const pods = podsOf(deployment);
      if (selections.some((selection) => selects(selection, pods))) continue;
      yield `${nameOf(deployment)}: has ${deployment.spec?.replicas ?? 1} replicas and no disruption budget`;
    }
  }),
};

/** Pods by their labels: those that a Deployment has, or those that a budget selects. Plain data: each is compared with all. */
interface Pods {
  readonly namespace: string | undefined;
  readonly labels: ReadonlyMap<string, string>;
}

function selectionOf({ metadata, spec }: DisruptionBudget): Pods {
  return { namespace: metadata?.namespace, labels: new Map(Object.entries(spec?.selector?.matchLabels ?? {})) };
}

function podsOf({ metadata, spec }: Deployment): Pods {
  return { namespace: metadata?.namespace, labels: new Map(Object.entries(spec?.template?.metadata?.labels ?? {})) };
}

function selects(selection: Pods, pods: Pods): boolean {
  if (selection.namespace !== pods.namespace) return false;
  return [...selection.labels].every(([key, value]) => pods.labels.get(key) === value);
}
