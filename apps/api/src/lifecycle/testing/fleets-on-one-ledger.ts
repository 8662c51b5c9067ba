import { DEFAULT_STRATEGY, type EpochMs, type GuardrailSettings, type RetryFeatures } from '@smart-retry/domain';
import { someFeatures } from '@smart-retry/domain/testing';
import { Fleet, FleetExchange } from '@smart-retry/engine';
import { MemoryFleetLedger } from '@smart-retry/storage/memory';

const objective = () => DEFAULT_STRATEGY.objective;

interface FleetsOptions {
  readonly guardrails: GuardrailSettings;
  readonly clock: () => EpochMs;
}

interface Question {
  /** Of a job that calls `erp`. */
  readonly features: Partial<RetryFeatures> & Pick<RetryFeatures, 'errorClass'>;
  readonly nowMs: EpochMs;
  /** What the layers would have it wait. */
  readonly delayMs: number;
  readonly draw: number;
}

/** What one process answers a job that failed: has all the time of the world, and books what it is given. */
export function askFleet(fleet: Fleet, { features: changes, nowMs, delayMs, draw }: Question) {
  const features = someFeatures({ dependency: 'erp', ...changes });
  const until = { untilEndMs: Number.POSITIVE_INFINITY, maxDelayMs: 300_000 };
  const admission = fleet.meet(features, nowMs).admit({ nowMs, delayMs, floorMs: 0, draw, ...until });
  fleet.settle(features, { isRetry: true, admission }, nowMs);
  return admission;
}

/** Five minutes of first tries of `erp`, all of which succeeded. */
export function reportFirstTries(fleet: Fleet, perSecond: number, nowMs: EpochMs): void {
  const window = { windowStartMs: nowMs - 300_000, windowEndMs: nowMs };
  const counts = { jobType: 'sync', dependency: 'erp', succeeded: 300 * perSecond, failed: 0, ...window };
  fleet.noteCounts([counts], nowMs);
}

/** So many processes that answer for the same dependencies, and compare notes only when they are told to; others may join. */
export function fleetsOnOneLedger(processes: number, { guardrails, clock }: FleetsOptions) {
  const ledger = new MemoryFleetLedger(clock);
  const fleets: Fleet[] = [];
  const exchanges: FleetExchange[] = [];
  const onError = (error: unknown) => {
    throw error;
  };
  const join = (): Fleet => {
    const fleet = new Fleet({ guardrails: () => guardrails, objective, maxDependencies: 9, maxTurns: 9_999 });
    const replica = `replica-${fleets.length}`;
    exchanges.push(new FleetExchange({ fleet, ledger, replica, intervalMs: 1_000, clock, onError }));
    fleets.push(fleet);
    return fleet;
  };
  for (let i = 0; i < processes; i++) join();
  const compareNotes = async () => {
    for (const exchange of exchanges) await exchange.exchange();
  };
  return { fleets, join, compareNotes };
}
