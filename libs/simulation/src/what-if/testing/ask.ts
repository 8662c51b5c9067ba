import { AttemptLog } from '../attempt-log.js';
import type { LoggedAttempt } from '../logged-attempt.js';
import { TARGET_POLICIES, type TargetPolicy } from '../target-policies.js';
import { askWhatIf, type WhatIfAnswer } from '../what-if.js';

export function findPolicy(wanted: string): TargetPolicy {
  const policy = TARGET_POLICIES.find(({ name }) => name === wanted);
  if (policy === undefined) throw new RangeError(`no policy ${wanted}`);
  return policy;
}

/** The answer at once. */
export function ask(attempts: readonly LoggedAttempt[], ...policies: readonly string[]): WhatIfAnswer {
  const log = new AttemptLog();
  for (const attempt of attempts) log.add(attempt);
  return finish(askWhatIf(log, { policies: policies.map(findPolicy) }));
}

/** Runs a work that yields to its end. */
export function finish<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const step = work.next();
    if (step.done === true) return step.value;
  }
}
