import { describeBehaviour, VERDICTS, type Estimate, type PolicyAnswer } from '@smart-retry/simulation/what-if';
import { Type, type Static } from 'typebox';
import { formatTimestamp } from '../http/wire-time.js';
import { fromObjective, ObjectivePart } from '../strategy/objective.dto.js';
import type { CountedAnswer } from './what-if.dto.js';

const NullableNumber = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], description });
const NullableTimestamp = Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'RFC 3339, UTC.' });
const Interval = (description: string) =>
  Type.Unsafe<readonly [number, number] | null>({
    type: ['array', 'null'],
    items: { type: 'number' },
    minItems: 2,
    maxItems: 2,
    description,
  });
const Count = (description: string) => Type.Integer({ minimum: 0, description });

const PolicyResponse = Type.Object({
  policy: Type.String(),
  verdict: Type.String({ enum: [...VERDICTS], description: 'Against what was done.' }),
  reason: Type.String({ description: 'In plain words, with the numbers that decided.' }),
  utility: NullableNumber('Per failure: decided by the policy once, everything later as logged. Doubly robust.'),
  interval: Interval('95 %.'),
  difference: NullableNumber('To what was done, per failure.'),
  difference_interval: Interval('95 %.'),
  ips: NullableNumber('Inverse propensity scoring, weights clipped.'),
  snips: NullableNumber('The same, self-normalised.'),
  effective_sample_size: NullableNumber('How many logged decisions the estimate rests on.'),
  unsupported_share: NullableNumber('Of what the policy would do, the share that was never tried.'),
});

export const WhatIfResponse = Type.Object({
  objective: ObjectivePart,
  history: Type.Object({
    attempts: Count('Read, duplicates included.'),
    refused: Count('Not read: see `refused_attempts`.'),
    duplicates: Count('The same report again.'),
    jobs: Count('Told apart by tenant and id.'),
    failed_jobs: Count('With at least one failed attempt.'),
    failures: Count('Failed attempts.'),
    decisions: Count('Failures of which all that followed is known: what the estimates rest on.'),
    excluded: Type.Object(
      {
        pending: Count('So late that a retry could still come.'),
        missing_attempt: Count('A later attempt is there, the next one is not.'),
        unknown_outcome: Count('The retry was cancelled, or nobody knows how it ended.'),
        unknown_delay: Count('Nobody knows how long the retry waited.'),
        no_error_class: Count('The failure has no error class.'),
      },
      { description: 'The other failures.' },
    ),
    from: NullableTimestamp,
    to: NullableTimestamp,
  }),
  propensities: Type.Object({
    source: Type.String({ enum: ['logged', 'estimated', 'mixed'] }),
    logged_share: Type.Number({ description: '0–1, of the decisions.' }),
    note: Type.String(),
  }),
  logged: Type.Unsafe<{ readonly utility: number; readonly interval: readonly number[] } | null>({
    type: ['object', 'null'],
    properties: { utility: { type: 'number' }, interval: { type: 'array', items: { type: 'number' } } },
    required: ['utility', 'interval'],
    description: 'What was done, per failure; null without a decision.',
  }),
  policies: Type.Array(PolicyResponse),
  refused_attempts: Type.Array(Type.Object({ index: Type.Integer(), path: Type.String(), message: Type.String() }), {
    description: 'The first 20.',
  }),
});
export type WhatIfResponse = Static<typeof WhatIfResponse>;

export function fromWhatIf({ answer, refused, refusedCount }: CountedAnswer): WhatIfResponse {
  const { objective, history, behaviour, logged } = answer;
  return {
    objective: fromObjective(objective),
    history: {
      attempts: answer.attempts,
      refused: refusedCount,
      duplicates: history.duplicates,
      jobs: history.jobs,
      failed_jobs: history.failedJobs,
      failures: history.failures,
      decisions: history.decisions,
      excluded: history.excluded,
      from: history.fromMs === null ? null : formatTimestamp(history.fromMs),
      to: history.toMs === null ? null : formatTimestamp(history.toMs),
    },
    propensities: {
      source: behaviour.source,
      logged_share: round(behaviour.loggedShare),
      note: describeBehaviour(behaviour),
    },
    logged: logged === null ? null : { utility: round(logged.value), interval: logged.interval.map(round) },
    policies: answer.policies.map(fromPolicyAnswer),
    refused_attempts: [...refused],
  };
}

function fromPolicyAnswer({ policy, verdict, reason, estimate }: PolicyAnswer): WhatIfResponse['policies'][number] {
  return {
    policy,
    verdict,
    reason,
    utility: valueOf(estimate?.utility),
    interval: intervalOf(estimate?.utility),
    difference: valueOf(estimate?.difference),
    difference_interval: intervalOf(estimate?.difference),
    ips: valueOf(estimate?.ips),
    snips: valueOf(estimate?.snips),
    effective_sample_size: estimate === null ? null : Math.floor(estimate.effectiveSampleSize),
    unsupported_share: estimate === null ? null : round(estimate.unsupportedShare),
  };
}

/** Null where there was nothing to divide by. */
function valueOf(estimate: Estimate | undefined): number | null {
  return estimate === undefined || !Number.isFinite(estimate.value) ? null : round(estimate.value);
}

function intervalOf(estimate: Estimate | undefined): readonly [number, number] | null {
  if (estimate === undefined || !estimate.interval.every(Number.isFinite)) return null;
  const [lo, hi] = estimate.interval;
  return [round(lo), round(hi)];
}

/** More digits would claim a precision that no estimate has. */
function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
