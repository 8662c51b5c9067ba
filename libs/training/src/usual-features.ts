/** What a model is trained on where nobody asks for anything in particular: everything that workers may report. */
export const USUAL_FEATURES = [
  'attempt_number',
  'payload_size',
  'time_of_day',
  'day_of_week',
  'since_last_failure_ms',
  'recent_failures',
  'avg_processing_time_ms',
  'delay_ms',
  'job_type',
  'error_class',
  'error_code',
  'queue',
  'dependency',
] as const;
