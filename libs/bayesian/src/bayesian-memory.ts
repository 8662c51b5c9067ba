import { LRUCache } from 'lru-cache';
import type { EpochMs } from '@smart-retry/domain';
import { Continuation } from './continuation.js';
import { Beliefs, PRIOR_STRENGTHS } from './beliefs.js';
import { delayBinIndex } from './delay-grid.js';
import { EvidenceCell, FAST, SLOW, type BinnedOutcome, type Speed } from './evidence-cell.js';
import { attemptGroupOf, familyKeyOf, subjectKeyOf, tenantKeyOf, type FailureContext } from './failure-context.js';
import { ageGroupOf } from './incident-age.js';
import { MemoryContest } from './memory-contest.js';
import { pooledMean } from './posterior.js';
import { SubjectKeys } from './subject-keys.js';

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
/** Evidence decays between looks as well. */
const LOOK_AGAIN_MS = 15_000;
/** Beyond this much evidence of its own, a tenant's outcomes count less for all others, so that none of them moves the rest. */
const TENANT_CAP = 200;

interface Subject {
  readonly keys: SubjectKeys;
  readonly contest: MemoryContest;
  readonly continuation: Continuation;
  beliefs: Beliefs | undefined;
}

/**
 * Everything learned, in memory: bounded, least recently used out. What an update and a look cost does not depend on how
 * much there is. Sums are kept, so that the order of outcomes matters only to which of the two memories is believed.
 */
export class BayesianMemory {
  readonly #cells: LRUCache<string, EvidenceCell>;
  readonly #familyCounts: LRUCache<string, number>;
  readonly #subjects: LRUCache<string, Subject>;

  /** @param bounds.maxCells About 1 KiB each. */
  constructor({ maxCells }: { readonly maxCells: number }) {
    this.#cells = new LRUCache({ max: maxCells });
    this.#familyCounts = new LRUCache({ max: maxCells });
    this.#subjects = new LRUCache({ max: Math.ceil(maxCells / 10) });
  }

  learn({ context, delayMs, success, atMs, hasIncidentContinued }: LearnedOutcome): void {
    const seen = { bin: delayBinIndex(delayMs), success };
    const ageGroup = ageGroupOf(context.incidentAgeMs);
    const attemptGroup = attemptGroupOf(context.attemptNumber);
    const subject = this.#subject(context);
    const { keys } = subject;
    const stateKey = keys.ofState(ageGroup, attemptGroup);
    const subjectPath = keys.path.map((key) => this.#cell(key, atMs));
    this.#judge(subject.contest, subjectPath, seen, atMs);
    if (!success && hasIncidentContinued !== undefined)
      subject.continuation.note({ hasContinued: hasIncidentContinued });
    const weight =
      context.tenant === undefined ? 1 : this.#learnOfTenant(tenantKeyOf(stateKey, context.tenant), seen, atMs);
    for (const cell of subjectPath) cell.add(seen, weight, atMs);
    this.#cell(keys.ofAge(ageGroup), atMs).add(seen, weight, atMs);
    this.#cell(keys.ofAttempt(attemptGroup), atMs).add(seen, weight, atMs);
    this.#cell(stateKey, atMs).add(seen, weight, atMs);
    this.#familyCounts.set(keys.family, (this.#familyCounts.get(keys.family) ?? 0) + 1);
  }

  /** What is believed of failures like this one; null until (job type, error class) has been seen ten times. */
  beliefsOf(context: FailureContext, nowMs: EpochMs): Beliefs | null {
    const familyCount = this.countOf(context);
    if (familyCount < FIRST_LOOK) return null;
    const subject = this.#subject(context);
    const last = subject.beliefs;
    const isFresh =
      last !== undefined && familyCount - last.familyCount < LOOK_AGAIN && Math.abs(nowMs - last.atMs) < LOOK_AGAIN_MS;
    if (isFresh) return last;
    return (subject.beliefs = this.#look(context, subject, familyCount, nowMs));
  }

  /** Looks again now, whatever has come in since the last look; null as `beliefsOf`. */
  refresh(context: FailureContext, nowMs: EpochMs): Beliefs | null {
    this.#subject(context).beliefs = undefined;
    return this.beliefsOf(context, nowMs);
  }

  /** Outcomes ever learned of this job type and error class; never decayed. */
  countOf(family: Pick<FailureContext, 'jobType' | 'errorClass'>): number {
    return this.#familyCounts.get(familyKeyOf(family)) ?? 0;
  }

  get size(): number {
    return this.#cells.size;
  }

  /** Forgets everything. */
  clear(): void {
    this.#cells.clear();
    this.#familyCounts.clear();
    this.#subjects.clear();
  }

  #look(
    context: FailureContext,
    { keys, contest, continuation }: Subject,
    familyCount: number,
    atMs: EpochMs,
  ): Beliefs {
    return new Beliefs({
      context,
      keys,
      familyCount,
      atMs,
      fastShare: contest.fastShare,
      continuation: continuation.share,
      // Looking is no use of a cell: what nobody learns any more goes first.
      cellOf: (key) => this.#cells.peek(key),
    });
  }

  /** Learns what one tenant has seen, and answers how much it counts for the others. */
  #learnOfTenant(key: string, seen: BinnedOutcome, atMs: EpochMs): number {
    const cell = this.#cell(key, atMs);
    cell.add(seen, 1, atMs);
    return Math.min(1, TENANT_CAP / cell.totalAt(atMs));
  }

  /** Notes which of the two memories would have predicted the outcome better. */
  #judge(contest: MemoryContest, path: readonly EvidenceCell[], seen: BinnedOutcome, atMs: EpochMs): void {
    const strengths = [PRIOR_STRENGTHS.class, PRIOR_STRENGTHS.jobType, PRIOR_STRENGTHS.code];
    const predict = (speed: Speed) =>
      path.reduce((mean, cell, level) => {
        const priorStrength = strengths[level] ?? PRIOR_STRENGTHS.code;
        return pooledMean(mean, seen.bin, { cell, child: path[level + 1], priorStrength }, speed, atMs);
      }, 0.5);
    contest.judge(predict(FAST), predict(SLOW), seen);
  }

  #subject(context: FailureContext): Subject {
    const key = subjectKeyOf(context);
    let subject = this.#subjects.get(key);
    if (subject === undefined) {
      subject = {
        keys: new SubjectKeys(context),
        contest: new MemoryContest(),
        continuation: new Continuation(),
        beliefs: undefined,
      };
      this.#subjects.set(key, subject);
    }
    return subject;
  }

  #cell(key: string, atMs: EpochMs): EvidenceCell {
    let cell = this.#cells.get(key);
    if (cell === undefined) {
      cell = new EvidenceCell(atMs);
      this.#cells.set(key, cell);
    }
    return cell;
  }
}
