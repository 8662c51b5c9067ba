import { EvidenceCell } from './evidence-cell.js';
import type { FailureContext } from './failure-context.js';
import type { Moment } from './moment.js';
import { Subject } from './subject.js';
import { Untaught } from './untaught.js';

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
  /** By error code; without a code under `''`. */
  readonly subjects: Map<string, Subject>;
  /** Stands for failures without a code while none was taught. */
  readonly whole: Subject;
  /** Stands for all codes that were never seen. */
  readonly unseen: Subject;
  /** Outcomes learned, never decayed. */
  outcomes: number;
  cells: number;
  /** Counts up with the lessons of all. */
  lastTaught: number;
  /** Undefined while no code was to be forgotten. */
  untaught: Untaught<readonly [code: string, subject: Subject]> | undefined;
}

/**
 * Evidence by kind of failure, bounded: the family untaught for longest goes first. A family that holds more than its
 * share, for example because its error codes are ids, forgets its own instead.
 */
export class SubjectStore {
  readonly #classes = new Map<string, ErrorClass>();
  readonly #families = new Set<Family>();
  readonly #untaught = new Untaught(() => [...this.#families].map((family) => [family, family] as const));
  #lessons = 0;
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
      family = {
        jobType,
        errorClass,
        ofClass: ofClass.cell,
        cell,
        subjects,
        whole,
        unseen,
        outcomes: 0,
        cells: 1,
        lastTaught: 0,
        untaught: undefined,
      };
      ofClass.families.set(jobType, family);
      this.#families.add(family);
      this.#size++;
    }
    family.lastTaught = ++this.#lessons;
    return family;
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
    const { subjects } = family;
    const untaught = (family.untaught ??= new Untaught(() => [...subjects].map((entry) => [entry, entry[1]] as const)));
    const [code, oldest] = untaught.longest() ?? [];
    const isOther = code !== undefined && oldest !== undefined && oldest !== subject;
    const forgotten = isOther ? oldest.cells + ownCells(oldest) : subject.forgetSome();
    if (isOther) {
      subjects.delete(code);
      untaught.forget();
    }
    if (forgotten === 0) return this.#families.size > 1 && this.#forgetOldestFamily();
    family.cells -= forgotten;
    this.#size -= forgotten;
    return true;
  }

  #forgetOldestFamily(): boolean {
    const oldest = this.#untaught.longest();
    if (oldest === undefined) return false;
    this.#untaught.forget();
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
}

/** The subject of a code, which is about to be taught. */
function touchSubject(family: Family, code: string, at: Moment): Subject {
  const { subjects, ofClass, cell } = family;
  let subject = subjects.get(code);
  if (subject === undefined) {
    subject = code === '' ? new Subject([ofClass], cell) : new Subject([ofClass, cell], new EvidenceCell(at));
    subjects.set(code, subject);
  }
  subject.lastTaught = family.outcomes;
  return subject;
}

/** A code has a cell of its own; without a code it is the family's. */
function ownCells({ path }: Subject): number {
  return path.length - 2;
}
