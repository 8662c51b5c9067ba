import { createHash } from 'node:crypto';
import type { TrainingOptions } from '../training-options.js';

export const OPTIONS: TrainingOptions = {
  nowMs: Date.parse('2026-04-01T00:00:00Z'),
  sha256: (text) => createHash('sha256').update(text).digest('hex'),
};

/** Everything that the synthetic rows have. */
export const FEATURES = [
  'attempt_number',
  'payload_size',
  'time_of_day',
  'job_type',
  'error_class',
  'error_code',
  'health.cpu',
] as const;
