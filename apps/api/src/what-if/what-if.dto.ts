import { SmartRetryError, type FieldProblem } from '@smart-retry/domain';
import {
  askWhatIf,
  AttemptLog,
  DEFAULT_OBJECTIVE,
  TARGET_POLICIES,
  type Objective,
  type WhatIfAnswer,
} from '@smart-retry/simulation/what-if';
import { Type, type Static } from 'typebox';
import { batchOf } from '../http/batch-of.js';
import { readDurationMs } from '../http/wire-duration.js';
import { OptionalDuration } from '../http/wire-schemas.js';
import { LoggedAttemptBody, readLogLine } from './logged-attempt.dto.js';

const MAX_ATTEMPTS = 5_000;
const MAX_REFUSED_NAMED = 20;
const ATTEMPTS_PER_PAUSE = 50;
const MAX_ATTEMPT_COST = 10;

export const WhatIfBody = Type.Object({
  attempts: batchOf(LoggedAttemptBody, { maxItems: MAX_ATTEMPTS }),
  policies: Type.Optional(
    Type.Array(Type.String({ enum: TARGET_POLICIES.map(({ name }) => name) }), {
      minItems: 1,
      maxItems: TARGET_POLICIES.length,
      uniqueItems: true,
      description: 'Default: all.',
    }),
  ),
  objective: Type.Optional(
    Type.Object({
      value_half_life: OptionalDuration,
      attempt_cost: Type.Optional(
        Type.Number({ minimum: 0, maximum: MAX_ATTEMPT_COST, description: 'In units of an immediate success.' }),
      ),
    }),
  ),
});
export type WhatIfBody = Static<typeof WhatIfBody>;

/** An attempt that was left out: its place in the list, and what is wrong with it. */
export interface RefusedAttempt extends FieldProblem {
  readonly index: number;
}

export interface CountedAnswer {
  readonly answer: WhatIfAnswer;
  /** The first ones only. */
  readonly refused: readonly RefusedAttempt[];
  readonly refusedCount: number;
}

/** Reads the attempts and answers, in steps; attempts that are none are counted, and the first ones named. */
export function* answerWhatIf(body: WhatIfBody, objective: Objective): Generator<unknown, CountedAnswer> {
  const log = new AttemptLog();
  const refused: RefusedAttempt[] = [];
  let refusedCount = 0;
  for (const [index, item] of body.attempts.entries()) {
    if (index % ATTEMPTS_PER_PAUSE === 0) yield;
    const line = readLogLine(item);
    if ('attempt' in line) log.add(line.attempt);
    else if (refusedCount++ < MAX_REFUSED_NAMED) refused.push({ index, ...line.problem });
  }
  const wanted = body.policies;
  const policies = TARGET_POLICIES.filter(({ name }) => wanted?.includes(name) ?? true);
  return { answer: yield* askWhatIf(log, { policies, objective }), refused, refusedCount };
}

/** @throws {INVALID_REQUEST} @throws {INVALID_DURATION} */
export function readObjective({ objective }: WhatIfBody): Objective {
  const path = 'objective.value_half_life';
  const valueHalfLifeMs = readDurationMs(path, objective?.value_half_life) ?? DEFAULT_OBJECTIVE.valueHalfLifeMs;
  if (valueHalfLifeMs < 1) {
    const message = 'must be at least a millisecond';
    throw new SmartRetryError('INVALID_REQUEST', `${path} ${message}`, { fields: [{ path, message }] });
  }
  return { valueHalfLifeMs, attemptCost: objective?.attempt_cost ?? DEFAULT_OBJECTIVE.attemptCost };
}
