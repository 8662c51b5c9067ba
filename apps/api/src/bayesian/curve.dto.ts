import type { LearnedCurve } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';

type LearnedDelays = NonNullable<LearnedCurve['latest']>['curve'];
type LearnedSpan = LearnedDelays['bins'][number];

const Ratio = Type.Number({ minimum: 0, maximum: 1 });
const Weight = (description: string) => Type.Number({ minimum: 0, description });

const spanFields = {
  from_ms: Type.Integer({ description: 'Inclusive.' }),
  to_ms: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'Exclusive; null: no end.' }),
  delay_ms: Type.Integer({ description: 'The delay that stands for the span.' }),
  estimated_success: Ratio,
  estimated_success_interval: Type.Array(Ratio, { minItems: 2, maxItems: 2, description: '90 % credible.' }),
  evidence: Weight('In outcomes: what was seen, and what prior and neighbouring delays count for.'),
  successes: Weight('Seen, decayed with a half-life of seven days.'),
  failures: Weight('Seen, decayed likewise.'),
};

/** The chance of success by the delay waited. */
export const Curve = Type.Object({
  buckets: Type.Array(Type.Object({ label: Type.String({ description: 'For example `15-30s`.' }), ...spanFields })),
  curve: Type.Array(Type.Object(spanFields), { description: 'The same, finer: for a chart.' }),
});

export function fromDelayCurve({ buckets, bins }: LearnedDelays): Static<typeof Curve> {
  return {
    buckets: buckets.map((bucket) => ({ label: bucket.label, ...fromSpan(bucket) })),
    curve: bins.map(fromSpan),
  };
}

function fromSpan(span: LearnedSpan) {
  const [lo, hi] = span.interval;
  return {
    from_ms: span.fromMs,
    to_ms: Number.isFinite(span.toMs) ? span.toMs : null,
    delay_ms: span.delayMs,
    estimated_success: span.successProbability,
    estimated_success_interval: [lo, hi],
    evidence: span.evidence,
    successes: span.successes,
    failures: span.failures,
  };
}
