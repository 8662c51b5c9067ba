import {
  CANARY_VERDICTS,
  type ArmTotals,
  type CanaryJudgement,
  type CanaryVerdict,
  type EpochMs,
  type Rollout,
} from '@smart-retry/domain';
import { differenceOf, successRateOf, utilityOf, type Estimate } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';

const nullableNumber = (description: string) => Type.Unsafe<number | null>({ type: ['number', 'null'], description });
const nullableInterval = (description: string) =>
  Type.Unsafe<readonly [number, number] | null>({
    type: ['array', 'null'],
    items: { type: 'number' },
    description,
  });
const NullableVersion = Type.Unsafe<string | null>({ type: ['string', 'null'] });

const Arm = Type.Object({
  arm: Type.String({ description: "A model's version, or `bayesian`." }),
  place: Type.Unsafe<'canary' | 'champion' | 'baseline' | null>({
    type: ['string', 'null'],
    enum: ['canary', 'champion', 'baseline', null],
    description: '`baseline`: the Bayesian layer, where no model is champion. null: of before.',
  }),
  decisions: Type.Integer({ description: 'Made for this arm, whoever spoke in the end.' }),
  decisions_known: Type.Integer({ description: 'Those of which it is known what came of them.' }),
  jobs: Type.Integer(),
  outcomes: Type.Integer({ description: 'Attempts reported to have followed.' }),
  successes: Type.Integer(),
  success_rate: nullableNumber('Of those attempts.'),
  success_rate_interval: nullableInterval('95 %.'),
  utility: nullableNumber('Of a decision, by the objective of the strategy.'),
  utility_interval: nullableInterval('95 %, jobs taken as a whole.'),
  attempts_per_job: nullableNumber(''),
  mean_time_ms: Type.Number({ description: "From a job's first decision to its last reported attempt." }),
});

interface ShownJudgement {
  readonly version: string;
  readonly revision: number;
  readonly judged_at: string;
  readonly verdict: CanaryVerdict;
  readonly reason: string;
  readonly difference: number | null;
  readonly p_worse: number;
}

export const ExperimentParams = Type.Object({
  from: Type.Optional(Type.String({ maxLength: 64, description: 'RFC 3339; default the last move of what serves.' })),
  to: Type.Optional(Type.String({ maxLength: 64, description: 'RFC 3339, exclusive; default now.' })),
});

export const ExperimentResponse = named(
  'Experiment',
  Type.Object({
    from: Timestamp,
    to: Timestamp,
    champion: NullableVersion,
    canary: NullableVersion,
    canary_percent: nullableNumber('Of the jobs.'),
    arms: Type.Array(Arm),
    difference: Type.Unsafe<{ utility: number; interval: readonly [number, number] } | null>({
      type: ['object', 'null'],
      properties: { utility: { type: 'number' }, interval: { type: 'array', items: { type: 'number' } } },
      description:
        'Utility per decision of the canary less that of what answers the rest, 95 %, for one look. null: not known.',
    }),
    judgement: Type.Unsafe<ShownJudgement | null>({
      type: ['object', 'null'],
      properties: {
        version: { type: 'string' },
        revision: { type: 'integer', description: 'Of the move that gave the canary its share.' },
        judged_at: { type: 'string', format: 'date-time' },
        verdict: { type: 'string', enum: [...CANARY_VERDICTS] },
        reason: { type: 'string' },
        difference: { type: ['number', 'null'], description: 'Utility per decision less that of the rest.' },
        p_worse: { type: 'number', description: 'p-value of "not worse", valid however often one looks.' },
      },
      description:
        'What a trainer found out last about the newest canary; `worse` is taken back. null: none was judged.',
    }),
  }),
);
export type ExperimentResponse = Static<typeof ExperimentResponse>;

/** @param window half-open */
export function fromArms(
  arms: readonly ArmTotals[],
  { champion, canary }: Rollout,
  window: { readonly fromMs: EpochMs; readonly toMs: EpochMs },
): Omit<ExperimentResponse, 'judgement'> {
  const of = (name: string) => arms.find(({ arm }) => arm === name);
  const difference = canary === null ? null : differenceOf(of(canary.version), of(champion ?? 'bayesian'));
  const places = new Map<string, Static<typeof Arm>['place']>([
    champion === null ? ['bayesian', 'baseline'] : [champion, 'champion'],
    ...(canary === null ? [] : [[canary.version, 'canary'] as const]),
  ]);
  return {
    from: formatTimestamp(window.fromMs),
    to: formatTimestamp(window.toMs),
    champion,
    canary: canary?.version ?? null,
    canary_percent: canary?.percent ?? null,
    arms: arms.map((arm) => fromArm(arm, places.get(arm.arm) ?? null)),
    difference: difference === null ? null : { utility: difference.mean, interval: difference.interval },
  };
}

export function fromJudgement(judgement: CanaryJudgement): ShownJudgement {
  const { version, revision, atMs, verdict, reason, difference, pWorse } = judgement;
  return { version, revision, judged_at: formatTimestamp(atMs), verdict, reason, difference, p_worse: pWorse };
}

function fromArm(totals: ArmTotals, place: Static<typeof Arm>['place']): Static<typeof Arm> {
  const rate: Estimate | null = successRateOf(totals);
  const utility: Estimate | null = utilityOf(totals);
  return {
    arm: totals.arm,
    place,
    decisions: totals.made,
    decisions_known: totals.decisions,
    jobs: totals.jobs,
    outcomes: totals.attempts,
    successes: totals.successes,
    success_rate: rate?.mean ?? null,
    success_rate_interval: rate?.interval ?? null,
    utility: utility?.mean ?? null,
    utility_interval: utility?.interval ?? null,
    attempts_per_job: totals.jobs === 0 ? null : totals.attempts / totals.jobs,
    mean_time_ms: totals.meanTimeMs,
  };
}
