import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { tellsFromMs } from '@smart-retry/guardrails';
import { SharedSums } from './shared-sums.js';

const KEYS_PER_VERSION = 4;
const CALLS = { retryFailed: 0, succeeded: 1, firstFailed: 2 } as const;

/** Calls that say how a dependency is doing since its breaker last moved, by the version that this made. */
export class CallsSince {
  readonly sums = new SharedSums();

  /** Counts nothing while the breaker is closed: its evidence has a window then. */
  add(call: keyof typeof CALLS, breaker: BreakerRecord, startedAtMs: EpochMs): void {
    if (breaker.state === 'closed' || startedAtMs < tellsFromMs(breaker)) return;
    this.sums.add(breaker.version * KEYS_PER_VERSION + CALLS[call], 1);
  }

  get(call: keyof typeof CALLS, { version }: BreakerRecord): number {
    return this.sums.get(version * KEYS_PER_VERSION + CALLS[call]);
  }

  /** What is of no use any more: all before the transition to the state before this one. */
  firstKey({ version }: BreakerRecord): number {
    return (version - 1) * KEYS_PER_VERSION;
  }
}
