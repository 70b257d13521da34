import { PolicyPack } from "@pulumi/policy";
import { rules } from "../rules/catalogue";
import { policiesOf } from "../rules/rule";

/** For stacks that people try things on: what would fail is refused, what production would refuse is told. */
new PolicyPack("cyan-dev", {
  displayName: "Cyan, development",
  description: "Refuses what cannot work, and tells what production would refuse.",
  policies: policiesOf(rules, "dev"),
});
