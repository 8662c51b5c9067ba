import { NUMERIC_FEATURES } from '@smart-retry/ml';

/** What a model is trained on where nobody asks for anything in particular: everything that workers may report. */
export const USUAL_FEATURES = [
  ...NUMERIC_FEATURES,
  'job_type',
  'error_class',
  'error_code',
  'queue',
  'dependency',
] as const;
