import type { EpochMs } from './features.js';
import type { ExcludedWindow, JobTypeLearning, LearningMode, LearningSettings } from './learning.js';

/** An outcome as far as it matters whether it teaches. */
export interface TeachingQuestion {
  readonly jobType: string;
  /** The downstream as `dependencyOf` answers it. */
  readonly dependency: string;
  /** When the attempt happened. */
  readonly atMs: EpochMs;
}

/** Disjoint and ascending: `[starts[i], ends[i])`. */
interface Intervals {
  readonly starts: readonly EpochMs[];
  readonly ends: readonly EpochMs[];
}

interface LearningIndex {
  readonly jobTypes: ReadonlyMap<string, JobTypeLearning>;
  /** By job type, then by dependency; `undefined` is the key of "any". */
  readonly windows: ReadonlyMap<string | undefined, ReadonlyMap<string | undefined, Intervals>>;
}

/** The mode in force for a job type. */
export function learningModeOf(settings: LearningSettings, jobType: string): LearningMode {
  return indexOf(settings).jobTypes.get(jobType)?.mode ?? settings.mode;
}

/** Whether something may be tried for the sake of learning: the job type's learning is on and not pinned. */
export function isExplorable(settings: LearningSettings, jobType: string): boolean {
  const own = indexOf(settings).jobTypes.get(jobType);
  return (own?.mode ?? settings.mode) === 'on' && own?.pinnedAtMs === undefined;
}

/** The instant whose knowledge speaks: where a job type is pinned, that one, else any; milliseconds, ∞ for any. */
export function learnedUntilMs(settings: LearningSettings, jobType: string): EpochMs {
  return indexOf(settings).jobTypes.get(jobType)?.pinnedAtMs ?? Number.POSITIVE_INFINITY;
}

/** Whether an outcome teaches: learning is not off for it, and its time is neither forgotten, pinned away nor excluded. */
export function isTeaching(settings: LearningSettings, { jobType, dependency, atMs }: TeachingQuestion): boolean {
  const { jobTypes, windows } = indexOf(settings);
  const own = jobTypes.get(jobType);
  if ((own?.mode ?? settings.mode) === 'off') return false;
  if (own?.ignoreBeforeMs !== undefined && atMs < own.ignoreBeforeMs) return false;
  if (own?.pinnedAtMs !== undefined && atMs >= own.pinnedAtMs) return false;
  if (windows.size === 0) return true;
  return ![windows.get(undefined), windows.get(jobType)].some(
    (ofJobType) =>
      ofJobType !== undefined && (holds(ofJobType.get(undefined), atMs) || holds(ofJobType.get(dependency), atMs)),
  );
}

// Asked for every recorded attempt, while settings change a few times a day: one index for each settings object.
const INDEXES = new WeakMap<LearningSettings, LearningIndex>();

function indexOf(settings: LearningSettings): LearningIndex {
  let index = INDEXES.get(settings);
  if (index === undefined) {
    index = buildIndex(settings);
    INDEXES.set(settings, index);
  }
  return index;
}

function buildIndex({ jobTypes, excludedWindows }: LearningSettings): LearningIndex {
  const grouped = new Map<string | undefined, Map<string | undefined, ExcludedWindow[]>>();
  for (const window of excludedWindows) {
    const ofJobType = getOrAdd(grouped, window.jobType, () => new Map<string | undefined, ExcludedWindow[]>());
    getOrAdd(ofJobType, window.dependency, () => []).push(window);
  }
  const windows = new Map(
    [...grouped].map(([jobType, ofJobType]) => [
      jobType,
      new Map([...ofJobType].map(([dependency, group]) => [dependency, unite(group)])),
    ]),
  );
  return { jobTypes: new Map(jobTypes.map((own) => [own.jobType, own])), windows };
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const added = make();
  map.set(key, added);
  return added;
}

function unite(windows: readonly ExcludedWindow[]): Intervals {
  const starts: EpochMs[] = [];
  const ends: EpochMs[] = [];
  for (const { fromMs, toMs } of windows.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const lastEndMs = ends.at(-1);
    if (lastEndMs !== undefined && fromMs <= lastEndMs) {
      ends[ends.length - 1] = Math.max(lastEndMs, toMs);
    } else {
      starts.push(fromMs);
      ends.push(toMs);
    }
  }
  return { starts, ends };
}

function holds(intervals: Intervals | undefined, atMs: EpochMs): boolean {
  if (intervals === undefined) return false;
  const { starts, ends } = intervals;
  let [low, high] = [0, starts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((starts[middle] ?? Infinity) <= atMs) low = middle + 1;
    else high = middle;
  }
  // The last interval that starts at or before the time is the only one that can hold it.
  return low > 0 && atMs < (ends[low - 1] ?? -Infinity);
}
