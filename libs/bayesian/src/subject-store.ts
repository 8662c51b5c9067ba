import { EvidenceCell } from './evidence-cell.js';
import type { FailureContext } from './failure-context.js';
import type { Moment } from './moment.js';
import { Subject } from './subject.js';

/** Share of all cells beyond which a family makes room for its own news, and no longer at the cost of others. */
const FAMILY_SHARE = 0.25;
/** A single kind of failure must fit in, in every state. */
export const LEAST_CELLS = 60;

interface ErrorClass {
  readonly cell: EvidenceCell;
  /** By job type. */
  readonly families: Map<string, Family>;
}

/** All failures of one job type and error class. */
export interface Family {
  readonly jobType: string;
  readonly errorClass: string;
  readonly ofClass: EvidenceCell;
  readonly cell: EvidenceCell;
  /** By error code, the least recently taught first; without a code under `''`. */
  readonly subjects: Map<string, Subject>;
  /** Stands for failures without a code while none was taught. */
  readonly whole: Subject;
  /** Stands for all codes that were never seen. */
  readonly unseen: Subject;
  /** Outcomes learned, never decayed. */
  outcomes: number;
  cells: number;
}

/**
 * Evidence by kind of failure, bounded: the family untaught for longest goes first. A family that holds more than its
 * share, for example because its error codes are ids, forgets its own instead.
 */
export class SubjectStore {
  readonly #classes = new Map<string, ErrorClass>();
  /** The least recently taught first. */
  readonly #families = new Set<Family>();
  #lastTaught: Family | undefined;
  readonly #maxCells: number;
  #size = 0;

  constructor(maxCells: number) {
    if (maxCells < LEAST_CELLS) throw new RangeError(`maxCells must be at least ${LEAST_CELLS}, got ${maxCells}`);
    this.#maxCells = maxCells;
  }

  get size(): number {
    return this.#size;
  }

  /** The family, if it was taught; to look is no use of it: what nobody learns any more goes first. */
  familyOf({ jobType, errorClass }: Pick<FailureContext, 'jobType' | 'errorClass'>): Family | undefined {
    return this.#classes.get(errorClass)?.families.get(jobType);
  }

  /** What is known of failures of this kind: the family's, where the code was never seen. */
  subjectOf({ whole, unseen, subjects }: Family, { errorCode = '', payloadSize }: FailureContext): Subject {
    return (subjects.get(errorCode) ?? (errorCode === '' ? whole : unseen)).ofSize(payloadSize);
  }

  /** Hands the subject to `teach`, and makes room for what it has learned. */
  teach(context: FailureContext, at: Moment, teach: (subject: Subject) => void): void {
    const family = this.#touchFamily(context, at);
    const subject = touchSubject(family, context.errorCode ?? '', at);
    const before = subject.cells;
    teach(subject);
    family.outcomes++;
    const grown = subject.cells - before + (subject.outcomes === 1 ? ownCells(subject) : 0);
    if (grown === 0) return;
    family.cells += grown;
    this.#size += grown;
    while (this.#size > this.#maxCells && this.#forgetOne(family, subject));
  }

  #touchFamily({ jobType, errorClass }: FailureContext, at: Moment): Family {
    const ofClass = this.#classOf(errorClass, at);
    let family = ofClass.families.get(jobType);
    if (family === undefined) {
      const cell = new EvidenceCell(at);
      const whole = new Subject([ofClass.cell], cell);
      const unseen = new Subject([ofClass.cell], cell, { isSeen: false });
      const subjects = new Map<string, Subject>();
      family = { jobType, errorClass, ofClass: ofClass.cell, cell, subjects, whole, unseen, outcomes: 0, cells: 1 };
      ofClass.families.set(jobType, family);
      this.#size++;
    } else if (family !== this.#lastTaught) {
      this.#families.delete(family);
    }
    if (family !== this.#lastTaught) this.#families.add(family);
    return (this.#lastTaught = family);
  }

  #classOf(errorClass: string, at: Moment): ErrorClass {
    let found = this.#classes.get(errorClass);
    if (found === undefined) {
      found = { cell: new EvidenceCell(at), families: new Map() };
      this.#classes.set(errorClass, found);
      this.#size++;
    }
    return found;
  }

  #forgetOne(family: Family, subject: Subject): boolean {
    if (family.cells <= FAMILY_SHARE * this.#maxCells && this.#families.size > 1) return this.#forgetOldestFamily();
    const [code, oldest] = family.subjects.entries().next().value ?? [];
    const isOther = code !== undefined && oldest !== undefined && oldest !== subject;
    const forgotten = isOther ? oldest.cells + ownCells(oldest) : subject.forgetSome();
    if (isOther) family.subjects.delete(code);
    if (forgotten === 0) return this.#families.size > 1 && this.#forgetOldestFamily();
    family.cells -= forgotten;
    this.#size -= forgotten;
    return true;
  }

  #forgetOldestFamily(): boolean {
    for (const oldest of this.#families) {
      this.#families.delete(oldest);
      this.#size -= oldest.cells;
      const ofClass = this.#classes.get(oldest.errorClass);
      ofClass?.families.delete(oldest.jobType);
      if (ofClass?.families.size === 0) {
        this.#classes.delete(oldest.errorClass);
        this.#size--;
      }
      return true;
    }
    return false;
  }
}

/** The subject of a code, now the most recently taught. */
function touchSubject(family: Family, code: string, at: Moment): Subject {
  const { subjects, ofClass, cell } = family;
  const found = subjects.get(code);
  if (found !== undefined) {
    if (subjects.size > 1) {
      subjects.delete(code);
      subjects.set(code, found);
    }
    return found;
  }
  const subject = code === '' ? new Subject([ofClass], cell) : new Subject([ofClass, cell], new EvidenceCell(at));
  subjects.set(code, subject);
  return subject;
}

/** A code has a cell of its own; without a code it is the family's. */
function ownCells({ path }: Subject): number {
  return path.length - 2;
}
