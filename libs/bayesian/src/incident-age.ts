import { BIN_COUNT, delayOfBin } from './delay-grid.js';

/** Upper edges of the age groups of an incident, in milliseconds; the last group has none. */
const EDGES_MS: readonly number[] = [1_000, 10_000, 30_000, 90_000, 300_000, 900_000, 2_700_000];
const OLDEST_MS = 7_200_000;

/** Groups of known age, which are also those that any incident is in after a wait. */
export const KNOWN_AGE_GROUPS = EDGES_MS.length + 1;
/** … and one more for an age that is not known. */
export const AGE_GROUPS = KNOWN_AGE_GROUPS + 1;
const UNKNOWN_AGE = KNOWN_AGE_GROUPS;

/** The group of an incident that is `ageMs` (≥ 0) old. */
export function ageGroupOf(ageMs: number | undefined): number {
  if (ageMs === undefined) return UNKNOWN_AGE;
  let group = 0;
  while (group < EDGES_MS.length && ageMs >= (EDGES_MS[group] ?? 0)) group++;
  return group;
}

/** The age that stands for a group: its geometric middle, 0 for the first and for the unknown. */
function ageOfGroupMs(group: number): number {
  if (group === 0 || group === UNKNOWN_AGE) return 0;
  return Math.sqrt((EDGES_MS[group - 1] ?? 0) * (EDGES_MS[group] ?? OLDEST_MS));
}

/** The ages `[fromMs, toMs)` of a group. */
function agesOfGroup(group: number): readonly [fromMs: number, toMs: number] {
  return group === UNKNOWN_AGE ? agesOfGroup(0) : [EDGES_MS[group - 1] ?? 0, EDGES_MS[group] ?? OLDEST_MS];
}

/**
 * The share of incidents of each group that are in each group of known age after each bin's wait, if they go on, ages
 * being even within a group; shape [AGE_GROUPS · BIN_COUNT · KNOWN_AGE_GROUPS]. With the middle of a group in place of
 * its ages, waits shorter than half of it would never lead out of it, and nobody would hope for what comes after.
 */
export const AGED_SHARES = Float64Array.from({ length: AGE_GROUPS * BIN_COUNT * KNOWN_AGE_GROUPS }, (_, i) => {
  const later = i % KNOWN_AGE_GROUPS;
  const bin = Math.floor(i / KNOWN_AGE_GROUPS) % BIN_COUNT;
  const [fromMs, toMs] = agesOfGroup(Math.floor(i / KNOWN_AGE_GROUPS / BIN_COUNT));
  const [laterFromMs] = agesOfGroup(later);
  const laterToMs = EDGES_MS[later] ?? Number.POSITIVE_INFINITY;
  const waitMs = delayOfBin(bin);
  const sharedMs = Math.min(toMs + waitMs, laterToMs) - Math.max(fromMs + waitMs, laterFromMs);
  return Math.max(0, sharedMs) / (toMs - fromMs);
});

/** The groups between which those shares lie, both included, by age group and bin: most shares are 0; shape [AGE_GROUPS · BIN_COUNT] each. */
export const FIRST_AGED = Uint8Array.from({ length: AGE_GROUPS * BIN_COUNT }, (_, i) => agedGroups(i)[0] ?? 0);
export const LAST_AGED = Uint8Array.from({ length: AGE_GROUPS * BIN_COUNT }, (_, i) => agedGroups(i).at(-1) ?? 0);

function agedGroups(i: number): readonly number[] {
  const shares = AGED_SHARES.subarray(i * KNOWN_AGE_GROUPS, (i + 1) * KNOWN_AGE_GROUPS);
  return [...shares.keys()].filter((group) => (shares[group] ?? 0) > 0);
}

/** The age group that the middle of each group is in after each bin's wait, if the incident goes on; shape [AGE_GROUPS · BIN_COUNT]. */
export const AGE_AFTER_WAIT = Int32Array.from({ length: AGE_GROUPS * BIN_COUNT }, (_, i) =>
  ageGroupOf(ageOfGroupMs(Math.floor(i / BIN_COUNT)) + delayOfBin(i % BIN_COUNT)),
);
