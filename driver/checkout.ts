import { join } from "node:path";

/** The checkout that this command belongs to: its program and its embedded cluster are the ones that are meant. */
export const checkout = join(__dirname, "..");
