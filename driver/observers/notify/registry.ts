import { type NotifySettings } from "../../../components/model/rollout";
import { type Format } from "./format";
import { slack } from "./slack";
import { teams } from "./teams";
import { webhook } from "./webhook";

/** How every kind of receiver is written to, by the name that config calls it. */
export const formats = { slack, teams, webhook } satisfies Record<NotifySettings["kind"], Format>;
