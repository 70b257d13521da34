import { comparison } from "./comparison";
import { proportion } from "./sequential-proportion";
import { quantile } from "./sequential-quantile";
import { threshold } from "./threshold";

/** Every way to judge, by the name that it has in an analysis. */
export const judges = { proportion, quantile, threshold, comparison } as const;
