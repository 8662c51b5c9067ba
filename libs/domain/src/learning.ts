import type { FieldProblem } from './errors.js';
import type { EpochMs } from './features.js';

/**
 * `on`: learned layers speak. `observe`: they are asked and what they would have done is kept as evidence, but rules
 * answer and nothing is explored. `off`: they are not asked, and nothing is learned.
 */
export const LEARNING_MODES = ['on', 'observe', 'off'] as const;
export type LearningMode = (typeof LEARNING_MODES)[number];

/** What differs for one job type. */
export interface JobTypeLearning {
  readonly jobType: string;
  /** The general mode when absent. */
  readonly mode?: LearningMode;
  /** What was known at this instant keeps speaking; outcomes from it on teach nothing, and nothing is explored. */
  readonly pinnedAtMs?: EpochMs;
  /** Outcomes before this instant are forgotten: a reset. */
  readonly ignoreBeforeMs?: EpochMs;
}

/** Outcomes within `[fromMs, toMs)` teach nothing, where job type and dependency, if given, are these. */
export interface ExcludedWindow {
  readonly fromMs: EpochMs;
  readonly toMs: EpochMs;
  readonly jobType?: string;
  readonly dependency?: string;
  /** For people. */
  readonly reason?: string;
}

/** Whether, and from what, learned layers learn. */
export interface LearningSettings {
  readonly mode: LearningMode;
  /** At most one for each job type. */
  readonly jobTypes: readonly JobTypeLearning[];
  readonly excludedWindows: readonly ExcludedWindow[];
}

export const DEFAULT_LEARNING: LearningSettings = { mode: 'on', jobTypes: [], excludedWindows: [] };

export const LEARNING_LIMITS = { jobTypes: 1_000, excludedWindows: 1_000, labelLength: 255 } as const;

const NEWEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Every invariant of learning settings, by wire field below `prefix`. */
export function learningProblems(settings: LearningSettings, prefix: string): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const require = (holds: boolean, path: string, message: string) => {
    if (!holds) problems.push({ path: `${prefix}${path}`, message });
  };
  const requireTime = (atMs: EpochMs | undefined, path: string) => {
    const isTime = atMs === undefined || (Number.isSafeInteger(atMs) && atMs >= 0 && atMs <= NEWEST_MS);
    require(isTime, path, 'must be a time from 1970 to 9999');
  };
  const requireLabel = (label: string | undefined, path: string) => {
    const isLabel = label === undefined || (label !== '' && label.length <= LEARNING_LIMITS.labelLength);
    require(isLabel, path, `must have 1 to ${LEARNING_LIMITS.labelLength} characters`);
  };
  const requireCount = (entries: readonly unknown[], most: number, path: string) =>
    require(entries.length <= most, path, `must have at most ${most} entries`);

  requireCount(settings.jobTypes, LEARNING_LIMITS.jobTypes, 'job_types');
  const seen = new Set<string>();
  settings.jobTypes.forEach(({ jobType, pinnedAtMs, ignoreBeforeMs }, i) => {
    const path = `job_types[${i}]`;
    requireLabel(jobType, `${path}.job_type`);
    require(!seen.has(jobType), `${path}.job_type`, `must be unique: "${jobType}" is already there`);
    seen.add(jobType);
    requireTime(pinnedAtMs, `${path}.pinned_at`);
    requireTime(ignoreBeforeMs, `${path}.ignore_before`);
    const isKnown = pinnedAtMs === undefined || ignoreBeforeMs === undefined || ignoreBeforeMs < pinnedAtMs;
    require(isKnown, `${path}.ignore_before`, 'must be before pinned_at: nothing would be known at that instant');
  });

  requireCount(settings.excludedWindows, LEARNING_LIMITS.excludedWindows, 'excluded_windows');
  settings.excludedWindows.forEach((window, i) => {
    const path = `excluded_windows[${i}]`;
    requireTime(window.fromMs, `${path}.from`);
    requireTime(window.toMs, `${path}.to`);
    require(window.fromMs < window.toMs, `${path}.to`, 'must be after from');
    requireLabel(window.jobType, `${path}.job_type`);
    requireLabel(window.dependency, `${path}.dependency`);
    requireLabel(window.reason, `${path}.reason`);
  });
  return problems;
}
