import { DEFAULT_OBJECTIVE, type Objective } from '@smart-retry/domain';
import type { Estimate } from '../metrics/bootstrap.js';
import type { AttemptLog } from './attempt-log.js';
import { observeBehaviour, type Behaviour } from './behaviour.js';
import { DirectModel } from './direct-model.js';
import { estimatePolicy, type PolicyEstimate } from './estimate-policy.js';
import type { History } from './history.js';
import { judge, type Judgement } from './judge.js';
import { readHistory } from './read-history.js';
import type { TargetPolicy } from './target-policies.js';

export interface WhatIfQuestion {
  readonly policies: readonly TargetPolicy[];
  readonly objective?: Objective;
}

export interface PolicyAnswer extends Judgement {
  readonly policy: string;
  /** Null where the log holds no decision to learn from. */
  readonly estimate: PolicyEstimate | null;
}

/** What named policies would have been worth on a log, against what was done. */
export interface WhatIfAnswer {
  readonly objective: Objective;
  /** Reports read, duplicates included. */
  readonly attempts: number;
  readonly history: Omit<History, 'contexts' | 'decisions'> & { readonly decisions: number };
  readonly behaviour: Pick<Behaviour, 'source' | 'loggedShare' | 'isTiedToAttempt'>;
  /** Utility per failure as logged; null without a decision. */
  readonly logged: Estimate | null;
  /** In the order asked for. */
  readonly policies: readonly PolicyAnswer[];
}

const SEED = 1;

/**
 * Answers the question step by step: pure work that yields the share of the policies that are done, 0–1, every few
 * milliseconds at the latest, so that a server can serve others meanwhile and a terminal can show a bar. Deterministic.
 */
export function* askWhatIf(log: AttemptLog, question: WhatIfQuestion): Generator<number, WhatIfAnswer> {
  const { policies, objective = DEFAULT_OBJECTIVE } = question;
  const { contexts, decisions, ...read } = yield* saying(0, readHistory(log, objective));
  const history: History = { contexts, decisions, ...read };
  const behaviour = observeBehaviour(history);
  const { source, loggedShare, isTiedToAttempt } = behaviour;
  yield 0;
  const model = new DirectModel(history);
  const answers: PolicyAnswer[] = [];
  for (const [i, policy] of policies.entries()) {
    const work = estimatePolicy(history, behaviour, model, policy.create(SEED));
    const estimate = decisions.length === 0 ? null : yield* saying(i / policies.length, work);
    answers.push({ policy: policy.name, estimate, ...judge(estimate, behaviour) });
  }
  return {
    objective,
    attempts: log.attempts,
    history: { ...read, decisions: decisions.length },
    behaviour: { source, loggedShare, isTiedToAttempt },
    logged: answers[0]?.estimate?.logged ?? null,
    policies: answers,
  };
}

function* saying<T>(share: number, work: Generator<void, T>): Generator<number, T> {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
    yield share;
  }
}
