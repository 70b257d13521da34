import * as pulumi from "@pulumi/pulumi";
import { configValues } from "../components/config/values";
import { listProblems } from "../components/model/problems";
import { Delivery } from "./delivery";
import { parseDelivery } from "./settings";

const parsed = parseDelivery(configValues(pulumi.runtime.allConfig(), pulumi.getProject()));
if ("problems" in parsed) throw new pulumi.RunError(listProblems(pulumi.getStack(), parsed.problems));
new Delivery("delivery", parsed.settings);
