import { type Lease, type Leases } from "../../components/live/leases";

/** Leases as an API server keeps them: a write that names another version than the last one is refused. */
export class FakeLeases implements Leases {
  private readonly leases = new Map<string, Lease>();
  private readonly watchers = new Set<() => void>();
  private writes = 0;
  /** While set, every request fails with it. */
  down: Error | undefined;

  read(name: string): Promise<Lease | undefined> {
    return this.down ? Promise.reject(this.down) : Promise.resolve(this.leases.get(name));
  }

  write(name: string, lease: Lease): Promise<Lease | undefined> {
    if (this.down) return Promise.reject(this.down);
    if ((this.leases.get(name)?.version ?? "") !== lease.version) return Promise.resolve(undefined);
    this.writes += 1;
    const written = { ...lease, version: String(this.writes) };
    this.leases.set(name, written);
    for (const tell of this.watchers) tell();
    return Promise.resolve(written);
  }

  watch(_: string, changed: () => void, signal: AbortSignal): Promise<void> {
    this.watchers.add(changed);
    changed();
    return new Promise((resolve) => {
      signal.addEventListener("abort", () => {
        this.watchers.delete(changed);
        resolve();
      });
    });
  }
}
