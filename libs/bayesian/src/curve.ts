import { DELAY_BUCKETS } from '@smart-retry/domain';
import type { Beliefs } from './beliefs.js';
import { credibleInterval } from './beta.js';
import { DELAY_BINS } from './delay-grid.js';
import type { FailureContext } from './failure-context.js';

/** Delays `[fromMs, toMs)`: what is believed of them, and what was seen. */
export interface CurveSpan {
  readonly fromMs: number;
  /** ∞ for the last one. */
  readonly toMs: number;
  /** The delay that stands for the span. */
  readonly delayMs: number;
  /** The posterior's mean, 0–1. */
  readonly successProbability: number;
  /** 90 % credible, where outcomes count for as many as they are independent. */
  readonly interval: readonly [lo: number, hi: number];
  /** α + β of the posterior, in outcomes: those seen, decayed, and what the prior and neighbouring delays count for. */
  readonly evidence: number;
  /** Outcomes seen, decayed. */
  readonly successes: number;
  readonly failures: number;
}

/** The chance of success by the delay waited. */
export interface DelayCurve {
  /** The eight buckets. */
  readonly buckets: readonly (CurveSpan & { readonly label: string })[];
  /** The same, finer: every bucket in two or more. */
  readonly bins: readonly CurveSpan[];
}

/** The curve for one failure; without one, for all of their kind, whatever the attempt, the incident and the tenant. */
export function curveOf(beliefs: Beliefs, failure?: FailureContext): DelayCurve {
  const { means, evidence } = failure === undefined ? beliefs.posteriorOfAll() : beliefs.posteriorFor(failure);
  const seen = beliefs.seen(failure);
  const bins = DELAY_BINS.map(({ fromMs, toMs, delayMs }, bin): CurveSpan => {
    const successProbability = means[bin] ?? 0;
    const known = evidence[bin] ?? 0;
    return {
      fromMs,
      toMs,
      delayMs,
      successProbability,
      interval: credibleInterval(successProbability, beliefs.independence * known),
      evidence: known,
      successes: seen.successes[bin] ?? 0,
      failures: seen.failures[bin] ?? 0,
    };
  });
  const buckets = DELAY_BUCKETS.map(({ label, fromMs, toMs }, bucket) => ({
    label,
    ...unite(
      bins.filter((_, bin) => DELAY_BINS[bin]?.bucket === bucket),
      beliefs,
    ),
    fromMs,
    toMs,
  }));
  return { buckets, bins };
}

/** Neighbouring spans as one: each counts by what is known of it, and what they all share (prior, neighbours) counts once. */
function unite(spans: readonly CurveSpan[], { independence }: Pick<Beliefs, 'independence'>): CurveSpan {
  const sum = (read: (span: CurveSpan) => number) => spans.reduce((total, span) => total + read(span), 0);
  const known = sum((span) => span.evidence);
  const shared = sum((span) => Math.max(0, span.evidence - span.successes - span.failures));
  const evidence = known - shared + shared / spans.length;
  const successProbability = sum((span) => span.evidence * span.successProbability) / known;
  const best = spans.reduce((a, b) => (b.evidence > a.evidence ? b : a));
  return {
    fromMs: best.fromMs,
    toMs: best.toMs,
    delayMs: best.delayMs,
    successProbability,
    interval: credibleInterval(successProbability, independence * evidence),
    evidence,
    successes: sum((span) => span.successes),
    failures: sum((span) => span.failures),
  };
}
