import {
  SmartRetryError,
  toRecommendationDocument,
  type DecisionMethod,
  type DecisionQuery,
  type DecisionRecord,
  type EpochMs,
} from '@smart-retry/domain';
import { DECISION_OUTCOMES, type DecisionOutcome } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { dropAbsent } from '../http/drop-absent.js';
import { PageLimit, readPageLimit } from '../http/page-limit.js';
import { FilterLabel, FilterWord, readQueryText } from '../http/query-text.js';
import { readAll } from '../http/read-all.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp, readTimestampMs } from '../http/wire-time.js';
import { RecommendationResponse } from '../recommendation/recommendation.dto.js';
import { fromLayerAnswer, LayerAnswer } from './evidence.dto.js';
import { fromRetryFeatures } from './features-of-record.dto.js';

const METHODS: readonly DecisionMethod[] = ['rules', 'bayesian', 'ml', 'guardrails', 'default'];

export const DecisionParams = Type.Object({
  job_id: FilterLabel,
  tenant: FilterLabel,
  job_type: FilterLabel,
  method: FilterWord(METHODS),
  from: Type.Optional(Type.String({ maxLength: 64, description: 'RFC 3339, inclusive.' })),
  to: Type.Optional(Type.String({ maxLength: 64, description: 'RFC 3339, exclusive.' })),
  outcome: Type.Optional(
    Type.String({ maxLength: 64, description: 'Refused: what came of a decision is worked out when it is read.' }),
  ),
  limit: PageLimit,
  cursor: Type.Optional(Type.String({ maxLength: 1_024, description: '`next_cursor` of the page before.' })),
});
export type DecisionParams = Static<typeof DecisionParams>;

export const DecisionResponse = named(
  'Decision',
  Type.Object({
    recommendation_id: Type.String(),
    decided_at: Timestamp,
    features: Type.Unsafe<object>({ type: 'object', additionalProperties: true, description: 'What was known.' }),
    recommendation: RecommendationResponse,
    outcome: Type.String({
      enum: [...DECISION_OUTCOMES],
      description:
        'Of the attempt that followed. `none` after a stop; `unknown` once nobody reported it within 24 h of `expires_at`.',
    }),
    outcome_at: Type.Unsafe<string | null>({
      type: ['string', 'null'],
      format: 'date-time',
      description: 'When that attempt happened; null where it is not known.',
    }),
    evidence: Type.Object({
      configuration_revision: Type.Integer(),
      layers: Type.Array(LayerAnswer, { description: 'Each layer that was asked, in order.' }),
      odds_shift: Type.Number({
        description:
          'Added to the log-odds of the chance that the layer gave, before it was shown: what earlier answers of this kind taught, and towards even odds what is not known of that. 0: nothing.',
      }),
      odds_shift_deviation: Type.Number({
        description:
          'How far the log-odds may be off before anything has come of such answers, as a standard deviation: the interval that was shown is wider than the layer gave it by that. 0: none.',
      }),
      odds_precision: Type.Number({
        description:
          'What came of such answers tells of the log-odds that were shown, as a precision (1 / variance): the interval is narrower by that. 0: nothing.',
      }),
    }),
    rng_seed: Type.Array(Type.Integer(), { minItems: 4, maxItems: 4, description: 'Replays the draws.' }),
  }),
);
export type DecisionResponse = Static<typeof DecisionResponse>;

export const DecisionPageResponse = Type.Object({
  decisions: Type.Array(DecisionResponse),
  next_cursor: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
});

/** @throws {INVALID_REQUEST} naming everything that is wrong */
export function toDecisionQuery(params: DecisionParams): DecisionQuery {
  const { limit, window, ...labels } = readAll({
    outcome: () => refuseOutcome(params.outcome),
    window: () => readWindow(params),
    limit: () => readPageLimit(params.limit),
    jobId: () => readQueryText('job_id', params.job_id),
    tenant: () => readQueryText('tenant', params.tenant),
    jobType: () => readQueryText('job_type', params.job_type),
    cursor: () => readQueryText('cursor', params.cursor),
  });
  const method = METHODS.find((known) => known === params.method);
  return { limit, ...dropAbsent({ ...labels, ...window, method }) };
}

function refuseOutcome(outcome: string | undefined): undefined {
  if (outcome === undefined || outcome === '') return undefined;
  const message = 'is no filter: what came of a decision is worked out when it is read';
  throw new SmartRetryError('INVALID_REQUEST', `outcome ${message}`, { fields: [{ path: 'outcome', message }] });
}

function readWindow({ from, to }: Pick<DecisionParams, 'from' | 'to'>) {
  const { fromMs, toMs } = readAll({ fromMs: () => readTime('from', from), toMs: () => readTime('to', to) });
  if (fromMs === undefined || toMs === undefined || fromMs < toMs) return { fromMs, toMs };
  const message = 'must be earlier than to';
  throw new SmartRetryError('INVALID_REQUEST', `from ${message}`, { fields: [{ path: 'from', message }] });
}

function readTime(path: string, text: string | undefined): EpochMs | undefined {
  return text === undefined || text === '' ? undefined : readTimestampMs(path, text);
}

export function decisionNotFound(): SmartRetryError {
  return new SmartRetryError('DECISION_NOT_FOUND', 'there is no decision with this recommendation_id');
}

export function fromDecisionRecord(record: DecisionRecord, outcome: DecisionOutcome): DecisionResponse {
  return {
    recommendation_id: record.recommendationId,
    decided_at: formatTimestamp(record.decidedAtMs),
    features: fromRetryFeatures(record.features),
    recommendation: toRecommendationDocument(record.recommendation),
    outcome: outcome.outcome,
    outcome_at: 'atMs' in outcome ? formatTimestamp(outcome.atMs) : null,
    evidence: {
      configuration_revision: record.evidence.configurationRevision,
      layers: record.evidence.layers.map(fromLayerAnswer),
      odds_shift: record.evidence.shift ?? 0,
      odds_shift_deviation: record.evidence.shiftDeviation ?? 0,
      odds_precision: record.evidence.oddsPrecision ?? 0,
    },
    rng_seed: [...record.rngSeed],
  };
}
