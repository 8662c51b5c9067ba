import { toAlternativeDocument, toGeneralPart } from './recommendation-document.js';
import type { Alternative, Recommendation } from './recommendation.js';
import { formatTimestamp } from './timestamps.js';

/** The client that asked and the audit trail are told the same, within as many decisions. */
const MAX_RECENT = 128;
/** A look through all of them takes a fraction of what a WeakMap takes. */
const recent: (Recommendation | null)[] = Array.from({ length: MAX_RECENT }, () => null);
const texts: string[] = Array.from({ length: MAX_RECENT }, () => '');
let next = 0;

/** `toRecommendationDocument` as JSON text, written once where it is asked for twice in a row or nearly. */
export function recommendationToJson(recommendation: Recommendation): string {
  const written = texts[recent.indexOf(recommendation)];
  if (written !== undefined) return written;
  const text = write(recommendation);
  recent[next] = recommendation;
  texts[next] = text;
  next = (next + 1) % MAX_RECENT;
  return text;
}

function write(recommendation: Recommendation): string {
  const { delayMs, nextEvaluationAtMs, rationale } = recommendation;
  const spoken = spokenWith(recommendation.alternatives);
  return `{"delay_ms":${delayMs},"next_evaluation":"${formatTimestamp(nextEvaluationAtMs)}","rationale":${JSON.stringify(rationale)},"alternatives":${spoken.alternatives},${writeGeneralPart(recommendation, spoken)}`;
}

interface Said {
  readonly by: Recommendation;
  readonly text: string;
}

/** What was said with the same alternatives: nearly the same of many jobs, so that it need not be written again. */
interface Spoken {
  readonly alternatives: string;
  readonly said: Said[];
  readonly maxSaid: number;
}

/** Rules and guardrails give no alternatives: policies that answer at a time are few, and so are the reasons they give. */
const withoutAlternatives: Spoken = { alternatives: '[]', said: [], maxSaid: 16 };
/** What a layer has to say of a kind of failure is frozen, and said to many jobs. */
const withAlternatives = new WeakMap<readonly Alternative[], Spoken>();

function spokenWith(alternatives: readonly Alternative[]): Spoken {
  if (alternatives.length === 0) return withoutAlternatives;
  let spoken = withAlternatives.get(alternatives);
  if (spoken !== undefined) return spoken;
  spoken = { alternatives: JSON.stringify(alternatives.map(toAlternativeDocument)), said: [], maxSaid: 1 };
  if (Object.isFrozen(alternatives)) withAlternatives.set(alternatives, spoken);
  return spoken;
}

function writeGeneralPart(recommendation: Recommendation, { said, maxSaid }: Spoken): string {
  const isParticular = recommendation.guardrailEffects.length > 0;
  if (!isParticular) for (const one of said) if (saysTheSame(one.by, recommendation)) return one.text;
  const text = JSON.stringify(toGeneralPart(recommendation)).slice(1);
  if (isParticular) return text;
  said.unshift({ by: recommendation, text });
  if (said.length > maxSaid) said.pop();
  return text;
}

/** Of two with the same alternatives and without effects: whether all but what is particular to the job is the same. */
function saysTheSame(a: Recommendation, b: Recommendation): boolean {
  return (
    a.policy === b.policy &&
    a.estimatedSuccess === b.estimatedSuccess &&
    a.propensity === b.propensity &&
    a.confidence === b.confidence &&
    a.maxAttempts === b.maxAttempts &&
    a.method === b.method &&
    a.decision === b.decision &&
    a.shouldRetry === b.shouldRetry &&
    a.countsAsAttempt === b.countsAsAttempt &&
    a.modelVersion === b.modelVersion &&
    isSame(a.estimatedSuccessInterval, b.estimatedSuccessInterval) &&
    isSame(a.reasons, b.reasons) &&
    isSame(a.policyGuardrails, b.policyGuardrails)
  );
}

function isSame(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
