import type { BreakerRecord, EpochMs } from '@smart-retry/domain';
import { probesSince } from '@smart-retry/guardrails';
import { SharedSums } from './shared-sums.js';

const KEYS_PER_VERSION = 4;
const CALLS = { retryFailed: 0, succeeded: 1, firstFailed: 2 } as const;
type Call = keyof typeof CALLS;

/** First tries tell since the breaker's last transition; what may be a probe since the first of those that are out. */
function sinceOf(call: Call, breaker: BreakerRecord): Pick<BreakerRecord, 'version' | 'sinceMs'> {
  return call === 'firstFailed' ? breaker : probesSince(breaker);
}

/** Calls that began after a transition of the breaker, by the version that it made. */
export class CallsSince {
  readonly sums = new SharedSums();

  /** Counts nothing while the breaker is closed: its evidence has a window then. */
  add(call: Call, breaker: BreakerRecord, startedAtMs: EpochMs): void {
    const { version, sinceMs } = sinceOf(call, breaker);
    if (breaker.state === 'closed' || startedAtMs < sinceMs) return;
    this.sums.add(version * KEYS_PER_VERSION + CALLS[call], 1);
  }

  get(call: Call, breaker: BreakerRecord): number {
    return this.sums.get(sinceOf(call, breaker).version * KEYS_PER_VERSION + CALLS[call]);
  }

  /** What is of no use any more: all before the transition to the state before this one, and before the first probes that are out. */
  firstKey(breaker: BreakerRecord): number {
    return Math.min(breaker.version - 1, probesSince(breaker).version) * KEYS_PER_VERSION;
  }
}
