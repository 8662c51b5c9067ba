import type { BreakerOverride } from '@smart-retry/domain';
import type { DependencyState } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { PageLimit } from '../http/page-limit.js';
import { LABEL_LENGTH, NullableText, serverKeptFields, Timestamp } from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';
import { formatTimestamp } from '../http/wire-time.js';

const nullable = (type: string, description?: string) =>
  Type.Unsafe<never>({ type: [type, 'null'], ...(description !== undefined && { description }) });

export const DependencyParams = Type.Object({ name: Type.String({ minLength: 1, maxLength: LABEL_LENGTH }) });
export const DependencyListQuery = Type.Object({ limit: PageLimit });
export type DependencyListQuery = Static<typeof DependencyListQuery>;

export const BreakerBody = Type.Object(
  {
    state: Type.String({
      enum: ['open', 'closed', 'auto'],
      description: '`open` and `closed` hold until taken back; `auto` takes it back.',
    }),
    reason: Type.Optional(NullableText({ maxLength: LABEL_LENGTH, description: 'For the history, and for answers.' })),
    ...serverKeptFields,
  },
  { additionalProperties: false },
);
export type BreakerBody = Static<typeof BreakerBody>;

export const DependencyResponse = named(
  'Dependency',
  Type.Object({
    name: Type.String(),
    breaker: Type.Object({
      state: Type.String({
        enum: ['closed', 'open', 'half_open'],
        description: "The operator's word where there is one.",
      }),
      since: nullable('string', 'RFC 3339; null while it has never moved.'),
      probes_at: nullable('string', 'When a few retries find out whether it is back; null while it is not open.'),
      override: nullable('string', '`open` or `closed` where an operator holds it so.'),
      reason: nullable('string'),
      goes_by: Type.String({
        enum: ['first_tries', 'retries'],
        description:
          'Which calls move it. `retries` where no first try that succeeded has been reported for a day, here or of job types that call it: reports are of failures alone then, and say nothing of the rest.',
      }),
    }),
    recent: Type.Object(
      { failed: Type.Integer(), succeeded: Type.Integer() },
      {
        description:
          'Calls of the last 20 s that speak of the dependency and not of the job, as far as they are known.',
      },
    ),
    first_tries_per_second: nullable(
      'number',
      'null where nobody reports them: the budget is not enforced then, but in trouble.',
    ),
    retry_time_ratio: nullable(
      'number',
      'How many times as long a retry takes as a first try, 1 to 10; the budget is as much smaller. null where the processing times of either are not reported.',
    ),
    budget_left: nullable('integer', 'Ordinary retries that fit into the next minute.'),
    parked: Type.Integer({
      description:
        'Jobs whose retry has a place, now or after a wait, and is not due yet, or for less than five seconds: each counts as one, whatever it costs of the budget.',
    }),
    waiting: Type.Integer({
      description:
        'Jobs that were put off by a breaker, budget or limit, and will ask again; some have a place by now.',
    }),
    throttled_to: nullable(
      'number',
      'Retries a second that it is called with since it answered that a limit had been reached; null where it has not lately.',
    ),
    hint_until: nullable('string', 'Until when a server has asked its callers to wait.'),
  }),
);
export const DependencyListResponse = Type.Object({ dependencies: Type.Array(DependencyResponse) });

export const BreakerResponse = Type.Object({
  dependency: Type.String(),
  state: Type.String({ enum: ['open', 'closed', 'auto'] }),
  reason: nullable('string'),
  revision: Type.Integer(),
  updated_at: Timestamp,
  updated_by: Type.String(),
});

/** Null takes an override back. */
export function toBreakerOverride(dependency: string, body: BreakerBody): BreakerOverride | null {
  if (body.state !== 'open' && body.state !== 'closed') return null;
  const reason = optionalText(body.reason);
  return { dependency, state: body.state, ...(reason !== undefined && { reason }) };
}

export function fromDependencyState(state: DependencyState) {
  const { breaker, recent, firstTriesPerSecond, retryTimeRatio, throttledPerSecond, hintUntilMs } = state;
  const rounded = (value: number | null) => (value === null ? null : Math.round(1_000 * value) / 1_000);
  const at = (ms: number | null) => (ms === null ? null : formatTimestamp(ms));
  return {
    name: state.name,
    breaker: {
      state: breaker.state,
      since: at(breaker.sinceMs),
      probes_at: at(breaker.probeAtMs),
      override: breaker.override?.state ?? null,
      reason: breaker.override?.reason ?? null,
      goes_by: breaker.goesBy,
    },
    recent,
    first_tries_per_second: rounded(firstTriesPerSecond),
    retry_time_ratio: rounded(retryTimeRatio),
    budget_left: state.budgetLeftRetries,
    parked: state.parkedRetries,
    waiting: state.waitingJobs,
    throttled_to: rounded(throttledPerSecond),
    hint_until: at(hintUntilMs),
  };
}
