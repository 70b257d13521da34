import { PolicyPack } from "@pulumi/policy";
import { rules } from "../rules/catalogue";
import { policiesOf } from "../rules/rule";

/** For stacks with users: every rule is mandatory, and those that can be obeyed by a safe change are. */
new PolicyPack("cyan-prod", {
  displayName: "Cyan, production",
  description: "Refuses what has cost users requests.",
  policies: policiesOf(rules, "prod"),
});
