import * as pulumi from "@pulumi/pulumi";
import * as service from "@pulumi/pulumiservice";
import { type DeliverySettings, type StackSettings } from "./settings";

/**
 * What a deployment declares, when its caller said so: a checkout has only what was committed, and a value that is set in the
 * run is gone after it.
 */
const preRunCommands = [
  'if [ -n "$CYAN_ACTIVE_COLOR" ]; then pulumi config set activeColor "$CYAN_ACTIVE_COLOR"; fi',
  'if [ -n "$CYAN_CANARY_WEIGHT" ]; then pulumi config set canaryWeight "$CYAN_CANARY_WEIGHT"; fi',
];

/** What is told: every change of what users get, and every change that was not declared. */
const told = [
  service.WebhookFilters.UpdateSucceeded,
  service.WebhookFilters.UpdateFailed,
  service.WebhookFilters.PreviewFailed,
  service.WebhookFilters.DriftDetected,
  service.WebhookFilters.DriftDetectionFailed,
];

/** How Pulumi Deployments runs the stacks of one project: source, previews, drift, notifications and policies. */
export class Delivery extends pulumi.ComponentResource {
  constructor(name: string, args: DeliverySettings, opts?: pulumi.ComponentResourceOptions) {
    const { organization, project, repository, folder, stacks } = args;
    // Only what is no secret: a webhook and an environment may hold one.
    super(
      "cyan:index:Delivery",
      name,
      { organization, project, repository, folder, stacks: Object.keys(stacks) },
      opts,
    );
    for (const [stack, settings] of Object.entries(stacks)) this.stack(`${name}-${stack}`, stack, settings, args);
    this.policies(name, args);
    this.registerOutputs();
  }

  private stack(name: string, stack: string, settings: StackSettings, args: DeliverySettings): void {
    const opts = { parent: this };
    const place = { organization: args.organization, project: args.project, stack };
    new service.DeploymentSettings(name, { ...place, ...deploymentOf(settings, args) }, opts);
    for (const [tag, value] of Object.entries(settings.tags)) {
      new service.StackTag(`${name}-tag-${tag}`, { ...place, name: tag, value }, opts);
    }
    if (settings.drift !== undefined) {
      // Never taken back by itself: that would undo what someone did by hand to end an emergency.
      const drift = { ...place, scheduleCron: settings.drift, autoRemediate: false };
      new service.DriftSchedule(`${name}-drift`, drift, opts);
    }
    if (settings.ttl !== undefined) {
      new service.TtlSchedule(`${name}-ttl`, { ...place, timestamp: settings.ttl, deleteAfterDestroy: true }, opts);
    }
    if (args.webhook !== undefined) {
      const { url, format, secret } = args.webhook;
      new service.Webhook(
        `${name}-webhook`,
        {
          organizationName: args.organization,
          projectName: args.project,
          stackName: stack,
          displayName: `Cyan ${stack}`,
          active: true,
          payloadUrl: url,
          format,
          filters: told,
          ...(secret !== undefined && { secret: pulumi.secret(secret) }),
        },
        opts,
      );
    }
  }

  private policies(name: string, { organization, project, policyGroup, stacks }: DeliverySettings): void {
    if (policyGroup === undefined) return;
    new service.PolicyGroup(
      `${name}-policies`,
      {
        organizationName: organization,
        name: policyGroup.name,
        entityType: "stacks",
        mode: "preventative", // The default, audit, refuses nothing.
        policyPacks: policyGroup.packs.map((pack) => ({ name: pack.name, versionTag: pack.version })),
        stacks: Object.keys(stacks).map((stack) => ({ name: stack, routingProject: project })),
      },
      { parent: this },
    );
  }
}

function deploymentOf(settings: StackSettings, { repository, folder }: DeliverySettings) {
  return {
    sourceContext: { git: { branch: settings.branch, repoDir: folder } },
    github: {
      repository,
      deployCommits: settings.deployCommits,
      previewPullRequests: settings.previewPullRequests,
      pullRequestTemplate: settings.reviewStacks,
    },
    operationContext: {
      preRunCommands,
      environmentVariables: pulumi.secret(settings.environment),
      ...(settings.oidc && { oidc: settings.oidc }),
      // Every weight of a release is run: one that is left out is a step that nobody has seen.
      options: { skipIntermediateDeployments: false },
    },
  };
}
