/** Controllers that keep the versions of a workload themselves. What is rendered for them is theirs to run, not Cyan's. */
export const controllerKinds = ["argo-rollouts", "flagger"] as const;
export type ControllerKind = (typeof controllerKinds)[number];

/** How a controller brings out another version. */
export const strategies = ["canary", "blue-green"] as const;
export type Strategy = (typeof strategies)[number];
