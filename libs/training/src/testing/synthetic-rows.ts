import { createRng } from '@smart-retry/domain';
import type { TrainingRow } from '../training-row.js';

const START_MS = Date.parse('2026-03-02T00:00:00Z');

export interface SyntheticWorld {
  readonly rows: number;
  readonly seed?: number;
  /** The logit of success; by default waiting helps timeouts, and nothing helps rejections. */
  readonly logitOf?: (row: { errorClass: string; delayMs: number; attemptNumber: number; hour: number }) => number;
}

/** Retries of two error classes, one every 5 min, with delays spread from 0.5 s to 10 min. */
export function syntheticRows({ rows, seed = 1, logitOf = waitingHelpsTimeouts }: SyntheticWorld): TrainingRow[] {
  const rng = createRng([seed, 2, 3, 4]);
  return Array.from({ length: rows }, (_, i) => {
    const failedAtMs = START_MS + i * 300_000;
    const delayMs = Math.round(500 * 1_200 ** rng());
    const errorClass = rng() < 0.6 ? 'timeout' : 'rejected';
    const attemptNumber = 1 + Math.floor(rng() * 4);
    const hour = (failedAtMs / 3_600_000) % 24;
    const logit = logitOf({ errorClass, delayMs, attemptNumber, hour });
    return {
      context: {
        jobType: `job-${Math.floor(rng() * 5)}`,
        errorClass,
        attemptNumber,
        failedAtMs,
        jobId: `id-${i}`,
        ...(rng() < 0.7 && { payloadSize: Math.floor(rng() * 10_000) }),
        ...(rng() < 0.5 && { health: { cpu: rng() } }),
      },
      delayMs,
      success: rng() < 1 / (1 + Math.exp(-logit)),
      jobId: `id-${i}`,
      atMs: failedAtMs + delayMs,
    };
  });
}

function waitingHelpsTimeouts({ errorClass, delayMs }: { errorClass: string; delayMs: number }): number {
  return errorClass === 'timeout' ? -3 + 0.8 * Math.log1p(delayMs / 1_000) : -1;
}
