import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, NEW_BREAKER, type FleetLedger } from '@smart-retry/domain';
import { someFeatures, T0 } from '@smart-retry/domain/testing';
import { dependencyState, Fleet, FleetExchange } from '@smart-retry/engine';
import { MemoryFleetLedger } from '@smart-retry/storage/memory';

const REPLICAS = 3;
const PROBES = 3;
const LIMITED = 'acme';
const LIMIT = 60;
const guardrails = () => ({
  ...DEFAULT_STRATEGY.guardrails,
  maxBudgetGrowth: 1,
  tenantLimits: [{ tenant: LIMITED, retriesPerMinute: LIMIT }],
});
const objective = () => DEFAULT_STRATEGY.objective;

/**
 * Replicas that compare notes only when they are told to, on one clock; the first one's may be ahead, and the ledger's.
 */
class Replicas {
  nowMs = T0;
  readonly #aheadMs: number;
  readonly fleets = Array.from(
    { length: REPLICAS },
    () => new Fleet({ guardrails, objective, maxDependencies: 9, maxTurns: 999 }),
  );
  readonly #exchanges: readonly FleetExchange[];
  readonly #newLedger: () => FleetLedger;
  #ledger: FleetLedger;
  #jobs = 0;

  constructor({ aheadMs = 0, ledgerAheadMs = 0 } = {}) {
    this.#aheadMs = aheadMs;
    this.#newLedger = () => new MemoryFleetLedger(() => this.nowMs + ledgerAheadMs);
    this.#ledger = this.#newLedger();
    const ledger: FleetLedger = {
      join: (...call) => this.#ledger.join(...call),
      inUse: (...call) => this.#ledger.inUse(...call),
      exchange: (...call) => this.#ledger.exchange(...call),
    };
    this.#exchanges = this.fleets.map(
      (fleet, i) =>
        new FleetExchange({
          fleet,
          ledger,
          replica: `replica-${i}`,
          intervalMs: 250,
          clock: () => this.clockOf(i),
          onError: (error) => {
            throw error;
          },
        }),
    );
  }

  namesInUse(): Promise<readonly string[]> {
    return this.#ledger.inUse([], { quietMs: 60_000, limit: 10 });
  }

  clockOf(replica: number): number {
    return this.nowMs + (replica === 0 ? this.#aheadMs : 0);
  }

  async compareNotes(times = 1): Promise<void> {
    for (let i = 0; i < times; i++) for (const exchange of this.#exchanges) await exchange.exchange();
  }

  /** As a Redis that was killed and came back empty. */
  loseLedger(): void {
    this.#ledger = this.#newLedger();
  }

  reportFirstTries(succeeded: number): void {
    const window = { windowStartMs: this.nowMs - 300_000, windowEndMs: this.nowMs };
    this.fleets[0]?.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded, failed: 0, ...window }], this.nowMs);
  }

  /** Asks a replica about a failed first try; answers what was decided. */
  ask(replica: number, errorClass: string, tenant?: string): string {
    const fleet = this.fleets[replica % REPLICAS];
    if (fleet === undefined) throw new RangeError(`there is no replica ${replica}`);
    const features = someFeatures({
      dependency: 'erp',
      jobId: `job-${this.#jobs++}`,
      errorClass,
      ...(tenant !== undefined && { tenant }),
    });
    const nowMs = this.clockOf(replica % REPLICAS);
    const admission = fleet.meet(features, nowMs).admit({
      nowMs,
      delayMs: 2_000,
      floorMs: 0,
      untilEndMs: Number.POSITIVE_INFINITY,
      maxDelayMs: 300_000,
      draw: 0.5,
    });
    fleet.settle(features, { isRetry: true, admission }, nowMs);
    // A place soon after is given away as well.
    return admission.kind === 'admitted' && admission.delayMs > 2_000 ? 'placed' : admission.kind;
  }

  /** Of retries asked for at once, how many may go ahead in the same second. */
  admitted(asked: number): number {
    const kinds = Array.from({ length: asked }, (_, i) => this.ask(i, 'rate_limit'));
    return kinds.filter((kind) => kind === 'admitted').length;
  }

  /** Of many jobs that ask while its breaker is half open, how many are let through. */
  async probesSent(): Promise<number> {
    let sent = 0;
    for (let round = 0; round < 4; round++) {
      sent += this.admitted(30);
      await this.compareNotes();
    }
    return sent;
  }

  /** When the breaker lets probes through. */
  get probeAtMs(): number {
    const state = this.fleets[0] === undefined ? null : dependencyState(this.fleets[0], 'erp', this.nowMs);
    if (state?.breaker.probeAtMs == null) throw new Error('the breaker is not open');
    return state.breaker.probeAtMs;
  }

  get states() {
    return this.fleets.map((fleet) => dependencyState(fleet, 'erp', this.nowMs)?.breaker.state);
  }
}

describe('replicas that compare notes', () => {
  it('share one budget, however the questions are spread', async () => {
    const replicas = new Replicas();
    replicas.reportFirstTries(30_000);
    for (let i = 0; i < REPLICAS; i++) replicas.ask(i, 'validation');
    await replicas.compareNotes(2);
    // 20 % of 100 first tries a second, which cost 2 units each; a throttled retry costs 1.
    const admitted = replicas.admitted(300);
    expect(admitted).toBeGreaterThan(30);
    expect(admitted).toBeLessThanOrEqual(43);
    await replicas.compareNotes(2);
    expect(admitted + replicas.admitted(300)).toBeLessThanOrEqual(43);
  });

  it('know of a dependency that nobody has asked them about', async () => {
    const replicas = new Replicas();
    replicas.reportFirstTries(30_000);
    const known = () =>
      replicas.fleets.map((fleet) => dependencyState(fleet, 'erp', replicas.nowMs)?.firstTriesPerSecond ?? null);
    expect(known()).toEqual([expect.closeTo(100, 0), null, null]);
    await replicas.compareNotes(8);
    expect(known()).toEqual([100, 100, 100].map((perSecond) => expect.closeTo(perSecond, 0)));
    // Who only hears of it does not keep it in use for ever.
    replicas.nowMs += 61_000;
    await replicas.compareNotes(8);
    expect(await replicas.namesInUse()).toEqual([]);
  });

  it('tell a ledger that has lost everything what they knew, once', async () => {
    const replicas = new Replicas();
    replicas.reportFirstTries(30_000);
    await replicas.compareNotes(8);
    const admitted = replicas.admitted(300);
    await replicas.compareNotes(2);
    replicas.loseLedger();
    await replicas.compareNotes(8);
    for (const fleet of replicas.fleets) {
      expect(dependencyState(fleet, 'erp', replicas.nowMs)?.firstTriesPerSecond).toBeCloseTo(100, 0);
    }
    expect(admitted + replicas.admitted(300)).toBeLessThanOrEqual(43);
  });

  it('control: those that do not compare notes spend a budget each', () => {
    const replicas = new Replicas();
    for (const fleet of replicas.fleets) {
      const window = { windowStartMs: T0 - 300_000, windowEndMs: T0 };
      fleet.noteCounts([{ jobType: 'sync', dependency: 'erp', succeeded: 30_000, failed: 0, ...window }], T0);
    }
    expect(replicas.admitted(300)).toBeGreaterThan(100);
  });

  /** Of many who ask the two whose clocks are right, again and again, how many may go ahead in the same second. */
  const admittedBeside = async (given: { readonly aheadMs: number; readonly ledgerAheadMs?: number }) => {
    const replicas = new Replicas(given);
    replicas.reportFirstTries(30_000);
    for (let i = 0; i < REPLICAS; i++) replicas.ask(i, 'validation');
    let admitted = 0;
    for (let round = 0; round < 5; round++) {
      await replicas.compareNotes();
      for (let i = 0; i < 60; i++) if (replicas.ask(1 + (i % 2), 'rate_limit') === 'admitted') admitted++;
    }
    return admitted;
  };

  it('keep what is booked although the clock of one is minutes ahead', async () => {
    expect(await admittedBeside({ aheadMs: 240_000 })).toBeLessThanOrEqual(43);
  });

  it("control: they forget it where the ledger's clock is ahead as well", async () => {
    expect(await admittedBeside({ aheadMs: 240_000, ledgerAheadMs: 240_000 })).toBeGreaterThan(43);
  });

  /** Of many retries that a limited tenant asks all replicas for, how many may go ahead within the same minute. */
  const admittedOfTenant = async (compareNotes: (replicas: Replicas) => Promise<void>) => {
    const replicas = new Replicas();
    // So many that neither budget nor pace is in the way.
    replicas.reportFirstTries(30_000);
    // Twice: the first to come cannot know of the others yet.
    for (let i = 0; i < 2; i++) await compareNotes(replicas);
    let admitted = 0;
    for (let round = 0; round < 24; round++) {
      for (let i = 0; i < 9; i++) if (replicas.ask(i, 'rate_limit', LIMITED) === 'admitted') admitted++;
      await compareNotes(replicas);
    }
    return admitted;
  };

  it('hold a tenant to its limit together, and to no more than a part beyond it', async () => {
    const admitted = await admittedOfTenant((replicas) => replicas.compareNotes());
    expect(admitted).toBeGreaterThan(LIMIT / 2);
    // Whoever compares notes first does not know yet what the others have given away of their parts.
    expect(admitted).toBeLessThanOrEqual(LIMIT + LIMIT / REPLICAS);
  });

  it('control: those that do not compare notes give it a limit each', async () => {
    expect(await admittedOfTenant(async () => undefined)).toBeGreaterThan(2 * LIMIT);
  });

  it('open together, give out exactly as many probes as there are, and close together', async () => {
    const replicas = new Replicas();
    replicas.reportFirstTries(3_000);
    for (let i = 0; i < REPLICAS; i++) replicas.ask(i, 'validation');
    await replicas.compareNotes();
    for (let second = 0; second < 20; second++) {
      replicas.nowMs += 1_000;
      for (let i = 0; i < 9; i++) replicas.ask(0, 'timeout');
    }
    await replicas.compareNotes(2);
    expect(replicas.states).toEqual(['open', 'open', 'open']);
    replicas.nowMs = replicas.probeAtMs;
    expect(await replicas.probesSent()).toBe(PROBES);
    expect(replicas.states).toEqual(['half_open', 'half_open', 'half_open']);
    const report = { jobId: 'probe', jobType: 'sync', dependency: 'erp', attemptNumber: 2, success: true };
    const record = { isRetry: true, sampleRate: 1, recordedAtMs: replicas.nowMs, aggregationIntervalMs: 60_000 };
    for (const fleet of replicas.fleets) {
      fleet.noteReports([{ report: { ...report, timestampMs: replicas.nowMs }, ...record }], replicas.nowMs);
    }
    await replicas.compareNotes(2);
    replicas.nowMs += 1_000;
    expect(replicas.states).toContain('closed');
    await replicas.compareNotes(2);
    expect(replicas.states).toEqual(['closed', 'closed', 'closed']);
  });

  it('send a single probe together to a dependency that is left alone for long', async () => {
    const replicas = new Replicas();
    const open = { state: 'open', openForMs: 100_000, probeAtMs: T0 + 100_000 } as const;
    replicas.fleets[0]?.dependency('erp').adoptBreaker({ ...NEW_BREAKER, version: 1, ...open });
    for (let i = 0; i < REPLICAS; i++) replicas.ask(i, 'timeout');
    await replicas.compareNotes(2);
    replicas.nowMs = replicas.probeAtMs;
    expect(await replicas.probesSent()).toBe(1);
  });
});

describe('FleetExchange', () => {
  it('does not go on where it is stopped before its first exchange has ended', async () => {
    const ledger = new MemoryFleetLedger(Date.now);
    let joined = 0;
    const counting: FleetLedger = {
      join: (...call) => {
        joined++;
        return ledger.join(...call);
      },
      inUse: (...call) => ledger.inUse(...call),
      exchange: (...call) => ledger.exchange(...call),
    };
    const fleet = new Fleet({ guardrails, objective, maxDependencies: 9, maxTurns: 999 });
    const exchangesAfter = async (stopsEarly: boolean) => {
      joined = 0;
      const options = {
        fleet,
        ledger: counting,
        replica: 'one',
        intervalMs: 1,
        clock: Date.now,
        onError: () => undefined,
      };
      const exchange = new FleetExchange(options);
      const started = exchange.start();
      if (stopsEarly) exchange.stop();
      await started;
      await new Promise((resolve) => setTimeout(resolve, 50));
      exchange.stop();
      return joined;
    };
    expect(await exchangesAfter(true)).toBe(1);
    expect(await exchangesAfter(false)).toBeGreaterThan(1);
  });
});
