import { mock } from "node:test";

/** What is told while `act` runs: the SDK writes to the console what it has no engine to tell. */
export async function toldWhile(act: () => Promise<unknown>): Promise<readonly string[]> {
  const told: string[] = [];
  const take = (text: string): void => void told.push(text);
  const mocks = [mock.method(console, "log", take), mock.method(console, "warn", take)];
  try {
    await act();
  } finally {
    for (const { mock } of mocks) mock.restore();
  }
  return told;
}
