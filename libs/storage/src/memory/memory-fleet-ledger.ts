import {
  FLEET_SUMS,
  NEW_BREAKER,
  type BreakerRecord,
  type Clock,
  type EpochMs,
  type FleetLedger,
  type FleetMembership,
  type FleetNews,
  type FleetShare,
  type FleetSum,
} from '@smart-retry/domain';

interface Entry {
  readonly sums: Record<FleetSum, Map<number, number>>;
  readonly latest: Map<string, EpochMs>;
  breaker: BreakerRecord;
  readonly probesGiven: Map<number, number>;
}

/** Several engines of one process compare notes. */
export class MemoryFleetLedger implements FleetLedger {
  readonly #replicas = new Map<string, EpochMs>();
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #usedAtMs = new Map<string, EpochMs>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async join(replica: string, goneAfterMs: number): Promise<FleetMembership> {
    const nowMs = this.#clock();
    this.#replicas.set(replica, nowMs);
    for (const [name, seenMs] of this.#replicas) {
      if (seenMs < nowMs - goneAfterMs) this.#replicas.delete(name);
    }
    const names = [...this.#replicas.keys()].sort();
    return { replicas: names.length, rank: names.indexOf(replica), nowMs };
  }

  async inUse(
    names: readonly string[],
    { quietMs, limit }: { readonly quietMs: number; readonly limit: number },
  ): Promise<readonly string[]> {
    const nowMs = this.#clock();
    for (const name of names) this.#usedAtMs.set(name, nowMs);
    for (const [name, usedAtMs] of this.#usedAtMs) if (usedAtMs < nowMs - quietMs) this.#usedAtMs.delete(name);
    const latestFirst = [...this.#usedAtMs].sort(([a, aMs], [b, bMs]) => bMs - aMs || (a < b ? 1 : -1));
    return latestFirst.slice(0, limit).map(([name]) => name);
  }

  async exchange(news: readonly FleetNews[]): Promise<readonly FleetShare[]> {
    return news.map((told) => this.#exchangeOne(told));
  }

  #exchangeOne(news: FleetNews): FleetShare {
    const key = `${news.kind ?? 'dependency'} ${news.dependency}`;
    const isNew = !this.#entries.has(key);
    const entry: Entry = this.#entries.get(key) ?? {
      sums: mapSums(() => new Map()),
      latest: new Map<string, EpochMs>(),
      breaker: NEW_BREAKER,
      probesGiven: new Map<number, number>(),
    };
    this.#entries.set(key, entry);
    for (const name of FLEET_SUMS) {
      const sums = entry.sums[name];
      for (const [key, amount] of news.added[name]) sums.set(key, (sums.get(key) ?? 0) + amount);
      for (const key of sums.keys()) if (key < news.forgetBelow[name]) sums.delete(key);
    }
    for (const [kind, atMs] of Object.entries(news.latest)) {
      if (atMs > (entry.latest.get(kind) ?? 0)) entry.latest.set(kind, atMs);
    }
    if (news.breaker.version > entry.breaker.version) entry.breaker = news.breaker;
    return {
      sums: mapSums((sum) => new Map(entry.sums[sum])),
      latest: Object.fromEntries(entry.latest),
      breaker: entry.breaker,
      probes: giveProbes(entry, news),
      isNew,
    };
  }
}

function mapSums(make: (sum: FleetSum) => Map<number, number>): Record<FleetSum, Map<number, number>> {
  return Object.fromEntries(FLEET_SUMS.map((sum) => [sum, make(sum)])) as Record<FleetSum, Map<number, number>>;
}

function giveProbes({ breaker, probesGiven }: Entry, news: FleetNews): number {
  if (breaker.state !== 'half_open' || breaker.version !== news.breaker.version) return 0;
  const given = probesGiven.get(breaker.version) ?? 0;
  const granted = Math.min(news.wantedProbes, Math.max(0, news.mostProbes - given));
  if (granted > 0) {
    probesGiven.clear();
    probesGiven.set(breaker.version, given + granted);
  }
  return granted;
}
