/** A length of time. Written `30s`, `5m` or `1h` in config, as Kubernetes and Prometheus write it, and parsed once. */
export interface Duration {
  /** Whole seconds, 0 or more. */
  readonly seconds: number;
}

const units: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600 };

/** The duration that `text` says, or undefined when it says none: `"90s"`, `"5m"`, `"1h30m"`, or `"0"`. */
export function parseDuration(text: string): Duration | undefined {
  if (text === "0") return { seconds: 0 };
  if (!/^(\d+[smh])+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)([smh])/g)];
  const seconds = parts.reduce((sum, [, count, unit]) => sum + Number(count) * (units[unit ?? ""] ?? 0), 0);
  return Number.isSafeInteger(seconds) ? { seconds } : undefined;
}

/** A duration as Pulumi and Kubernetes take it. */
export function formatDuration(duration: Duration): string {
  return `${duration.seconds}s`;
}
