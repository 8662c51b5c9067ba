import { objectiveProblems, throwIfProblems, type FieldProblem, type Objective } from '@smart-retry/domain';
import { askWhatIf, AttemptLog, TARGET_POLICIES, type WhatIfAnswer } from '@smart-retry/simulation/what-if';
import { Type, type Static } from 'typebox';
import { batchOf } from '../http/batch-of.js';
import { ObjectivePart, toObjective } from '../strategy/objective.dto.js';
import { LoggedAttemptBody, readLogLine } from './logged-attempt.dto.js';

const MAX_ATTEMPTS = 5_000;
const MAX_REFUSED_NAMED = 20;
const ATTEMPTS_PER_PAUSE = 50;

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
  objective: Type.Optional(ObjectivePart),
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

/** What the question leaves out is the strategy's. @throws {INVALID_REQUEST} @throws {INVALID_DURATION} */
export function readObjective(body: WhatIfBody, inForce: Objective): Objective {
  if (!body.objective) return inForce;
  const objective = { ...inForce, ...toObjective(body.objective, 'objective.') };
  throwIfProblems('INVALID_REQUEST', objectiveProblems(objective, 'objective.'));
  return objective;
}
