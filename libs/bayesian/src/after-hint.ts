import type { ExplorationPlan } from '@smart-retry/domain';
import type { FailureContext } from './failure-context.js';
import type { BayesianQuestion } from './question.js';
import type { BayesianView, ConsideredDelay } from './view.js';

/** No error class of a client's contains it. */
const AFTER_HINT = '\u0000after a hint';

/** Callers that wait for one hint are spread beyond its end, by this share of it on average: no shorter wait can be had. */
const SPREAD_RATIO = 0.05;

/** Failures that came with a server's hint are a kind of their own, in which delays count from where the hint ends. */
export function contextAfterHint({ hintMs: _passed, ...context }: FailureContext): FailureContext {
  return { ...context, errorClass: `${context.errorClass}${AFTER_HINT}` };
}

/** The same question from where the hint ends on. */
export function questionAfterHint(question: BayesianQuestion, hintMs: number): BayesianQuestion {
  const { context, bounds, longestMs = bounds.maxDelayMs, ceilingMs, rulesDelayMs } = question;
  return {
    ...question,
    context: contextAfterHint(context),
    floorMs: SPREAD_RATIO * hintMs,
    ceilingMs: ceilingMs - hintMs,
    longestMs: longestMs - hintMs,
    rulesDelayMs: rulesDelayMs === null ? null : Math.max(0, rulesDelayMs - hintMs),
  };
}

/** What was answered from where the hint ends on, from the failure on: delays are longer by the hint, and worth less. */
export function viewFromFailure(view: BayesianView, hintMs: number, valueHalfLifeMs: number): BayesianView {
  const discount = 2 ** (-hintMs / valueHalfLifeMs);
  const shift = <T extends ConsideredDelay>(considered: T): T => ({
    ...considered,
    delayMs: considered.delayMs + hintMs,
    value: considered.value * discount,
  });
  const { best, others, exploration } = view;
  return {
    ...view,
    best: best === null ? null : shift(best),
    others: others.map(shift),
    exploration: exploration === null ? null : shiftPlan(exploration, hintMs),
    hintMs,
  };
}

function shiftPlan({ share, actions }: ExplorationPlan, hintMs: number): ExplorationPlan {
  return {
    share,
    actions: actions.map(([delayMs, ...known]) => [delayMs === null ? null : delayMs + hintMs, ...known]),
  };
}
