/** The engine does not wait for this object: its readiness is another object's, or is judged by a gate. */
export const skipAwait = { "pulumi.com/skipAwait": "true" };

/** The next update takes fields back that were edited by hand in an emergency, in the place of a conflict. */
export const patchForce = { "pulumi.com/patchForce": "true" };

/** The engine waits until a field, by its JSONPath, has the value. */
export function waitFor(path: string, value: string): Record<string, string> {
  return { "pulumi.com/waitFor": `jsonpath={${path}}=${value}` };
}

/** Annotations of an object that traffic goes by. */
export const trafficObject = { ...skipAwait, ...patchForce };
