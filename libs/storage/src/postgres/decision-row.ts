import {
  fromRecommendationDocument,
  recommendationToJson,
  type DecisionRecord,
  type EpochMs,
  type Evidence,
  type Proposal,
  type RecommendationDocument,
} from '@smart-retry/domain';
import { ALTERNATIVES_AS_TOLD, evidenceToJson } from './evidence-json.js';
import { toStorable } from './storable-json.js';

/** What `toDecisionRecord` reads. */
export const DECISION_COLUMNS =
  'decided_at_ms, recommendation_id, features, record, rng_seed, recommendation, evidence';

type Written = Pick<DecisionRecord, 'rngSeed' | 'recommendation' | 'evidence'>;

export interface DecisionRow {
  /** Connections of their own read bigint columns as text. */
  readonly decided_at_ms: EpochMs | string;
  readonly recommendation_id: string;
  readonly features: DecisionRecord['features'];
  /** Null in rows written before this column was there, whose three columns below are null since. */
  readonly record: string | null;
  readonly rng_seed: Written['rngSeed'] | null;
  readonly recommendation: Written['recommendation'] | null;
  readonly evidence: Written['evidence'] | null;
}

/**
 * What nothing but the audit trail reads, as one text: three JSON columns, which the server parses, cost it a quarter of
 * what storing a row costs.
 */
export function decisionToText({ rngSeed, recommendation, evidence }: DecisionRecord): string {
  const [a, b, c, d] = rngSeed;
  const told = toStorable(recommendationToJson(recommendation));
  const grounds = evidenceToJson(evidence, recommendation.alternatives);
  return `{"rngSeed":[${a},${b},${c},${d}],"recommendation":${told},"evidence":${grounds}}`;
}

export function toDecisionRecord(row: DecisionRow): DecisionRecord {
  return {
    recommendationId: row.recommendation_id,
    decidedAtMs: Number(row.decided_at_ms),
    features: row.features,
    ...writtenIn(row),
  };
}

function writtenIn({ record, rng_seed: rngSeed, recommendation, evidence }: DecisionRow): Written {
  if (record !== null) return fromText(record);
  if (rngSeed !== null && recommendation !== null && evidence !== null) return { recommendation, evidence, rngSeed };
  throw new Error('a decision was stored without its record');
}

interface DecisionText {
  readonly rngSeed: Written['rngSeed'];
  readonly recommendation: RecommendationDocument;
  readonly evidence: Omit<Evidence, 'layers'> & {
    readonly layers: readonly (Evidence['layers'][number] | AsTold)[];
  };
}

type AsTold = Omit<Proposal, 'alternatives'> & { readonly alternatives: typeof ALTERNATIVES_AS_TOLD };

function fromText(text: string): Written {
  const { rngSeed, recommendation: document, evidence } = JSON.parse(text) as DecisionText;
  const recommendation = fromRecommendationDocument(document);
  const layers = evidence.layers.map((answer) =>
    'alternatives' in answer && answer.alternatives === ALTERNATIVES_AS_TOLD
      ? { ...answer, alternatives: recommendation.alternatives }
      : answer,
  ) as Evidence['layers'];
  return { rngSeed, recommendation, evidence: { ...evidence, layers } };
}
