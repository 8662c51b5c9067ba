import type { EpochMs } from '@smart-retry/domain';
import { contextAfterHint } from './after-hint.js';
import { Beliefs } from './beliefs.js';
import { delayBinIndex } from './delay-grid.js';
import type { BinnedOutcome } from './evidence-cell.js';
import { attemptGroupOf, type FailureContext } from './failure-context.js';
import { ageGroupOf } from './incident-age.js';
import { momentOf, type Moment } from './moment.js';
import { Shelf } from './shelf.js';
import { SubjectStore, type Family } from './subject-store.js';
import type { Subject } from './subject.js';

/** One thing learned: after this failure and this wait, the next attempt did or did not succeed. */
export interface LearnedOutcome {
  readonly context: FailureContext;
  /** The delay really waited, in milliseconds. */
  readonly delayMs: number;
  readonly success: boolean;
  readonly atMs: EpochMs;
  /** After a failure: whether nobody had succeeded since the failure before; absent when not known. */
  readonly hasIncidentContinued?: boolean | undefined;
}

/** Outcomes of a family before it is spoken of at all. */
export const FIRST_LOOK = 10;
/** … and between two looks at the same beliefs. */
const LOOK_AGAIN = 20;
/** … or after this time, if there is anything new. */
const LOOK_AGAIN_MS = 15_000;
/** After this time evidence has decayed by itself. */
const DECAYED_MS = 120_000;
/** Kinds of failure of which beliefs are kept, about 20 KiB each; and views of them, about 2 KiB each. */
const MAX_BELIEFS = 2_000;
const MAX_VIEWS = 10_000;

/**
 * Everything learned, in memory: bounded, least recently used out. What an update and a look cost does not depend on how
 * much there is. Sums are kept, so that the order of outcomes matters only to which of the two memories is believed.
 */
export class BayesianMemory {
  #store: SubjectStore;
  /** What is learned anew, while what was known goes on to answer. */
  #growing: SubjectStore | undefined;
  readonly #maxCells: number;
  readonly #beliefs = new Shelf(MAX_BELIEFS);
  readonly #views = new Shelf(MAX_VIEWS);

  /** @param bounds.maxCells At least 60, of about 1 KiB each. */
  constructor({ maxCells }: { readonly maxCells: number }) {
    this.#maxCells = maxCells;
    this.#store = new SubjectStore(maxCells);
  }

  learn({ context, delayMs, success, atMs, hasIncidentContinued }: LearnedOutcome): void {
    const seen = { bin: delayBinIndex(delayMs), success };
    const { incidentAgeMs, attemptNumber, tenant, payloadSize } = context;
    const attemptGroup = attemptGroupOf(attemptNumber);
    const state = { ageGroup: ageGroupOf(incidentAgeMs), attemptGroup, attemptNumber, tenant, payloadSize };
    const at = momentOf(atMs);
    const store = this.#growing ?? this.#store;
    const teach = (kind: FailureContext, outcome: BinnedOutcome) =>
      store.teach(kind, at, (subject) => {
        subject.learn(outcome, state, at);
        if (!success && hasIncidentContinued !== undefined)
          subject.continuation.note({ hasContinued: hasIncidentContinued });
      });
    teach(context, seen);
    const { hintMs = 0 } = context;
    if (hintMs > 0) teach(contextAfterHint(context), { bin: delayBinIndex(Math.max(0, delayMs - hintMs)), success });
  }

  /** What is believed of failures like this one; null until (job type, error class) has been seen ten times. */
  beliefsOf(context: FailureContext, nowMs: EpochMs): Beliefs | null {
    const family = this.#store.familyOf(context);
    if (family === undefined || family.outcomes < FIRST_LOOK) return null;
    const subject = this.#store.subjectOf(family, context);
    const last = subject.beliefs;
    return last !== undefined && isFresh(last, family, subject, nowMs)
      ? last
      : this.#look(family, subject, momentOf(nowMs));
  }

  /** Looks again now, whatever has come in since the last look; null as `beliefsOf`. */
  refresh(context: FailureContext, nowMs: EpochMs): Beliefs | null {
    const family = this.#store.familyOf(context);
    if (family === undefined || family.outcomes < FIRST_LOOK) return null;
    return this.#look(family, this.#store.subjectOf(family, context), momentOf(nowMs));
  }

  /** Outcomes ever learned of this job type and error class; never decayed. */
  countOf(family: Pick<FailureContext, 'jobType' | 'errorClass'>): number {
    return this.#store.familyOf(family)?.outcomes ?? 0;
  }

  /** Cells held. */
  get size(): number {
    return this.#store.size;
  }

  /** Begins to learn everything anew: until `settle`, what was known goes on to answer. Holds twice as much meanwhile. */
  startOver(): void {
    this.#growing = new SubjectStore(this.#maxCells);
  }

  /** What was learned since `startOver` answers from now on, and all else is forgotten. */
  settle(): void {
    this.#store = this.#growing ?? this.#store;
    this.#growing = undefined;
  }

  #look(family: Family, subject: Subject, at: Moment): Beliefs {
    const beliefs = new Beliefs({ subject, familyCount: family.outcomes, at, shelf: this.#views });
    subject.beliefs = beliefs;
    this.#beliefs.keep(() => {
      if (subject.beliefs === beliefs) subject.beliefs = undefined;
    });
    return beliefs;
  }
}

/** Whether so little is new since the last look that looking again would hardly change anything. */
function isFresh(last: Beliefs, family: Family, subject: Subject, nowMs: EpochMs): boolean {
  const news = subject.outcomes - last.subjectCount;
  const newsOfFamily = family.outcomes - last.familyCount;
  if (news >= LOOK_AGAIN || (subject.outcomes === 0 && newsOfFamily >= LOOK_AGAIN)) return false;
  const elapsedMs = Math.abs(nowMs - last.atMs);
  return elapsedMs < LOOK_AGAIN_MS || (news === 0 && newsOfFamily < LOOK_AGAIN && elapsedMs < DECAYED_MS);
}
