import {
  DEFAULT_STRATEGY,
  type AttemptCounts,
  type AttemptRecord,
  type AttemptReport,
  type ConfigurationChange,
  type DecisionRecord,
  type DecisionStore,
  type FailureLink,
  type KeptResponse,
  type Recommendation,
  type RetryFeatures,
} from '@smart-retry/domain';

/** A moment in the middle of a day and of an hour. */
export const NOON_MS = Date.UTC(2026, 4, 20, 12, 30);

let counter = 0;

/** A tenant, job or key that no other test uses: contract suites share one store. */
export function unique(name: string): string {
  counter += 1;
  return `${name}-${counter}`;
}

export function exampleAttempt(
  report: Partial<AttemptReport> = {},
  record: Partial<Omit<AttemptRecord, 'report' | 'link'>> & { readonly link?: Partial<FailureLink> | null } = {},
): AttemptRecord {
  const { link, ...rest } = record;
  const delayMs = report.actualDelayMs ?? report.delayMs;
  return {
    report: {
      jobId: unique('job'),
      jobType: 'email_send',
      attemptNumber: 2,
      success: true,
      timestampMs: NOON_MS,
      ...report,
    },
    ...(link === null
      ? {}
      : { link: { source: 'self', errorClass: 'timeout', failedAttemptNumber: 1, delayMs, ...link } }),
    isRetry: true,
    sampleRate: 1,
    recordedAtMs: NOON_MS,
    aggregationIntervalMs: 300_000,
    ...rest,
  };
}

export function exampleFirstTry(report: Partial<AttemptReport> = {}): AttemptRecord {
  return exampleAttempt({ attemptNumber: 1, ...report }, { isRetry: false, link: null });
}

export function exampleCounts(counts: Partial<AttemptCounts> = {}): AttemptCounts {
  return {
    jobType: 'email_send',
    succeeded: 10,
    failed: 2,
    windowStartMs: NOON_MS,
    windowEndMs: NOON_MS + 60_000,
    ...counts,
  };
}

/** Seals and appends at once. */
export function appendDecisions(store: DecisionStore, records: readonly DecisionRecord[]): Promise<void> {
  return store.append(records.map((record) => store.seal(record)));
}

export function exampleDecision(
  features: Partial<RetryFeatures> = {},
  recommendation: Partial<Recommendation> = {},
  record: Partial<Pick<DecisionRecord, 'decidedAtMs' | 'recommendationId'>> = {},
): DecisionRecord {
  return {
    recommendationId: unique('recommendation'),
    decidedAtMs: NOON_MS,
    features: { jobType: 'email_send', errorClass: 'timeout', errorCode: '503', attemptNumber: 1, ...features },
    recommendation: {
      decision: 'retry',
      shouldRetry: true,
      delayMs: 4_000,
      maxAttempts: 3,
      confidence: 0.5,
      rationale: 'policy "service_unavailable" waits 4 s after attempt 1',
      method: 'rules',
      estimatedSuccess: 0.5,
      estimatedSuccessInterval: [0.05, 0.95],
      nextEvaluationAtMs: NOON_MS + 4_000,
      policyGuardrails: [],
      guardrailEffects: [{ name: 'max_delay', before: 9_000, after: 4_000 }],
      policy: 'service_unavailable',
      alternatives: [],
      reasons: ['policy_matched'],
      propensity: 1,
      modelVersion: null,
      countsAsAttempt: true,
      ...recommendation,
    },
    evidence: {
      layers: [{ kind: 'abstention', layer: 'ml', reason: 'ml_no_model' }],
      configurationRevision: 7,
    },
    rngSeed: [1, 2, 3, 0xffff_ffff],
    ...record,
  };
}

export function exampleChange(change: Partial<ConfigurationChange> = {}): ConfigurationChange {
  return {
    expectedRevision: 0,
    strategy: DEFAULT_STRATEGY,
    actor: 'operator',
    action: 'strategy.replaced',
    target: null,
    atMs: NOON_MS,
    ...change,
  };
}

export function exampleKeptResponse(response: Partial<KeptResponse> = {}): KeptResponse {
  return {
    key: unique('key'),
    fingerprint: 'f00d',
    status: 201,
    body: '{"status":"added"}',
    keptAtMs: NOON_MS,
    ...response,
  };
}
