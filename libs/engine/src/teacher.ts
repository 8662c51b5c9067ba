import { dependencyOf, isTeaching, type LearningSettings, type TaughtOutcome } from '@smart-retry/domain';
import type { BayesianMemory } from '@smart-retry/bayesian';
import { Incidents } from './incidents.js';

export interface TeacherOptions {
  readonly memory: BayesianMemory;
  /** Incidents as the recommender sees them: what others report of successes ends them here as well. */
  readonly incidents: Incidents;
  readonly maxDependencies: number;
}

/** Takes from outcomes what there is to learn. The same outcomes in the same order teach the same, live or from history. */
export class Teacher {
  readonly #options: TeacherOptions;
  /** As told by outcomes alone, for failures of which nobody noted how old their incident was. */
  #told: Incidents;

  constructor(options: TeacherOptions) {
    this.#options = options;
    this.#told = new Incidents(options);
  }

  teach(outcome: TaughtOutcome, learning: LearningSettings): void {
    const { memory, incidents } = this.#options;
    const { jobType, errorClass, errorCode, tenant, payloadSize, hintMs, delayMs, success, atMs } = outcome;
    const dependency = dependencyOf(outcome);
    const toldAgeMs = this.#told.fail(dependency, atMs - delayMs);
    if (success) {
      this.#told.succeed(dependency, atMs);
      incidents.succeed(dependency, atMs);
    }
    if (!isTeaching(learning, { jobType, dependency, atMs })) return;
    const context = {
      jobType,
      errorClass,
      errorCode,
      tenant,
      payloadSize,
      hintMs,
      attemptNumber: outcome.failedAttemptNumber,
      incidentAgeMs: outcome.incidentAgeMs ?? toldAgeMs,
    };
    const hasIncidentContinued = success ? undefined : this.#told.ageAt(dependency, atMs) >= delayMs;
    memory.learn({ context, delayMs, success, atMs, hasIncidentContinued });
  }

  /** All that was taught is about to be taught anew; until `settle`, the memory answers from what it knew. */
  startOver(): void {
    this.#options.memory.startOver();
    this.#told = new Incidents(this.#options);
  }

  /** What was taught since `startOver` is all that is known. */
  settle(): void {
    this.#options.memory.settle();
  }
}
