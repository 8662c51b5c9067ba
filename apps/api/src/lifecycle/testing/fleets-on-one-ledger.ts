import type { EpochMs, GuardrailSettings } from '@smart-retry/domain';
import { Fleet, FleetExchange } from '@smart-retry/engine';
import { MemoryFleetLedger } from '@smart-retry/storage/memory';

interface FleetsOptions {
  readonly guardrails: GuardrailSettings;
  readonly clock: () => EpochMs;
}

/** So many processes that answer for the same dependencies, and compare notes only when they are told to. */
export function fleetsOnOneLedger(processes: number, { guardrails, clock }: FleetsOptions) {
  const ledger = new MemoryFleetLedger(clock);
  const fleets = Array.from(
    { length: processes },
    () => new Fleet({ guardrails: () => guardrails, maxDependencies: 9, maxTurns: 9_999 }),
  );
  const exchanges = fleets.map(
    (fleet, i) =>
      new FleetExchange({
        fleet,
        ledger,
        replica: `replica-${i}`,
        intervalMs: 1_000,
        clock,
        onError: (error) => {
          throw error;
        },
      }),
  );
  const compareNotes = async () => {
    for (const exchange of exchanges) await exchange.exchange();
  };
  return { fleets, compareNotes };
}
