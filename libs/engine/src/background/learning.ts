import type {
  AttemptRecord,
  AttemptStore,
  Clock,
  EpochMs,
  LearningSettings,
  OutcomeHistory,
  Strategy,
} from '@smart-retry/domain';
import { BayesianMemory } from '@smart-retry/bayesian';
import { RunningMeans, type Means } from '@smart-retry/ml';
import type { Incidents } from '../incidents.js';
import { learnedCurveOf, type CurveQuestion, type LearnedCurve, type Look } from '../learned-curve.js';
import { Teacher } from '../teacher.js';
import { OutcomeFeed } from './outcome-feed.js';

const DAY_MS = 86_400_000;

export interface LearningOptions {
  readonly history: OutcomeHistory;
  readonly attempts: AttemptStore;
  readonly strategy: () => Strategy;
  readonly incidents: Incidents;
  /** How many cells of evidence are kept, about 1 KiB each. */
  readonly maxCells: number;
  readonly maxDependencies: number;
  readonly clock: Clock;
  /** A uniform 32-bit integer. */
  readonly randomWord: () => number;
  readonly onError: (error: unknown) => void;
}

export interface LearningStats {
  /** Cells of evidence held. */
  readonly cells: number;
  /** Outcomes brought to the learner, again after each rebuild. */
  readonly outcomes: number;
  /** Times that everything was learned anew, because settings changed what teaches. */
  readonly rebuilds: number;
}

/** What this process knows from outcomes, and how it goes on learning: from history, from its own reports, from other processes. */
export class Learning {
  readonly memory: BayesianMemory;
  readonly #feed: OutcomeFeed;
  readonly #strategy: () => Strategy;
  readonly #clock: Clock;
  readonly #counts = { outcomes: 0, rebuilds: 0 };
  #settings: string;
  #means = new RunningMeans();

  constructor({ history, attempts, strategy, maxCells, clock, ...options }: LearningOptions) {
    this.memory = new BayesianMemory({ maxCells });
    this.#strategy = strategy;
    this.#clock = clock;
    this.#settings = JSON.stringify(strategy().learning);
    const teacher = new Teacher({ memory: this.memory, ...options });
    this.#feed = new OutcomeFeed({
      history,
      attempts,
      learner: {
        forget: () => {
          this.#means = new RunningMeans();
          teacher.startOver();
        },
        settle: () => teacher.settle(),
        learn: (outcomes) => {
          this.#counts.outcomes += outcomes.length;
          const { learning } = strategy();
          for (const outcome of outcomes) {
            teacher.teach(outcome, learning);
            this.#means.observe(outcome, outcome.atMs, outcome);
          }
        },
      },
      sinceMs: () => clock() - strategy().dataCollection.retentionDays * DAY_MS,
      pollIntervalMs: 1_000,
      pageOutcomes: 1_000,
      randomWord: options.randomWord,
      onError: options.onError,
    });
  }

  /** Whether the past has been learned. */
  get isWarm(): boolean {
    return this.#feed.isWarm;
  }

  /** How much has been learned since the start. */
  get stats(): LearningStats {
    return { cells: this.memory.size, ...this.#counts };
  }

  /** Recent success rates of a kind of failure, for models that read them. */
  meansOf(failure: { readonly jobType: string; readonly errorClass: string }, atMs: EpochMs): Means {
    return this.#means.meansOf(failure, atMs);
  }

  /** What has been learned of a kind of failure. */
  curveOf(question: CurveQuestion, look: Look): LearnedCurve {
    return learnedCurveOf(this.memory, question, look, {
      learning: this.#strategy().learning,
      nowMs: this.#clock(),
    });
  }

  start(): void {
    this.#feed.start();
  }

  stop(): void {
    this.#feed.stop();
  }

  /** Records as the store does, and learns from it. @throws as the store does */
  record(attempts: readonly AttemptRecord[]): Promise<readonly { readonly duplicate: boolean }[]> {
    return this.#feed.record(attempts);
  }

  /** Learns everything anew where the settings say now that something else teaches. */
  followSettings(): void {
    const settings = JSON.stringify(this.#strategy().learning satisfies LearningSettings);
    if (settings === this.#settings) return;
    this.#settings = settings;
    this.relearn();
  }

  /** Forgets everything and learns the history anew: something in it has changed. */
  relearn(): void {
    this.#counts.rebuilds++;
    this.#feed.rebuild();
  }
}
