import {
  ageKeyOf,
  ATTEMPT_GROUPS,
  attemptKeyOf,
  familyKeyOf,
  stateKeyOf,
  subjectKeyOf,
  subjectPathOf,
  type FailureContext,
} from './failure-context.js';
import { AGE_GROUPS } from './incident-age.js';

/** The keys of one subject's cells. Each is made once: to make and to hash a text costs more than to look it up. */
export class SubjectKeys {
  readonly family: string;
  /** From the most general to the most specific. */
  readonly path: readonly string[];
  readonly subject: string;
  readonly #ages = new Array<string | undefined>(AGE_GROUPS);
  readonly #attempts = new Array<string | undefined>(ATTEMPT_GROUPS);
  readonly #states = new Array<string | undefined>(AGE_GROUPS * ATTEMPT_GROUPS);

  constructor(context: FailureContext) {
    this.family = familyKeyOf(context);
    this.path = subjectPathOf(context);
    this.subject = subjectKeyOf(context);
  }

  ofAge(ageGroup: number): string {
    return (this.#ages[ageGroup] ??= ageKeyOf(this.subject, ageGroup));
  }

  ofAttempt(attemptGroup: number): string {
    return (this.#attempts[attemptGroup] ??= attemptKeyOf(this.subject, attemptGroup));
  }

  ofState(ageGroup: number, attemptGroup: number): string {
    return (this.#states[ageGroup * ATTEMPT_GROUPS + attemptGroup] ??= stateKeyOf(
      this.subject,
      ageGroup,
      attemptGroup,
    ));
  }
}
