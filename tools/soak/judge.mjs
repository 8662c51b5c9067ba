/** Of the run, before anything is judged: what is bounded fills up. */
const WARM_UP_SHARE = 1 / 6;
const BATCHES = 5;
/** Student's t, 97.5 %, for two means of 5 batches each (8 degrees of freedom). R 4.3: qt(0.975, 8) */
const T_8 = 2.306;
const MS_PER_HOUR = 3_600_000;

/**
 * Whether a series of positive values stays what it was: its last third against its first, after the warm-up. Means are
 * geometric: the growth of one is a ratio, and a single pause in a window does not outweigh all others. Neighbouring samples
 * are alike, so the interval comes from means of 5 batches in each third.
 *
 * @param {readonly { atMs: number, value: number }[]} series in order
 * @param {{ mayGrow: number }} options the share of the first third's mean by which the last may be larger
 * @returns first and last mean, growth with its 95 % interval (shares), what that is in an hour, and a verdict: `flat` where the
 *   whole interval is below `mayGrow`, `grows` where the whole of it is above, else `undecided`
 */
export function judgeGrowth(series, { mayGrow }) {
  const judged = series.slice(Math.floor(series.length * WARM_UP_SHARE));
  const third = Math.floor(judged.length / 3);
  if (third < BATCHES) return { verdict: 'too short' };
  const [first, last] = [judged.slice(0, third), judged.slice(-third)].map(describeThird);
  const logGrowth = last.meanLog - first.meanLog;
  const halfWidth = T_8 * Math.hypot(first.standardError, last.standardError);
  const interval = [Math.expm1(logGrowth - halfWidth), Math.expm1(logGrowth + halfWidth)];
  const hours = (last.centreMs - first.centreMs) / MS_PER_HOUR;
  const [before, after] = [Math.exp(first.meanLog), Math.exp(last.meanLog)];
  return {
    first: before,
    last: after,
    growth: Math.expm1(logGrowth),
    interval,
    perHour: (after - before) / hours,
    verdict: interval[1] < mayGrow ? 'flat' : interval[0] > mayGrow ? 'grows' : 'undecided',
  };
}

function describeThird(samples) {
  const size = samples.length / BATCHES;
  const means = Array.from({ length: BATCHES }, (_, i) =>
    mean(samples.slice(Math.round(i * size), Math.round((i + 1) * size)).map(({ value }) => Math.log(value))),
  );
  const meanLog = mean(means);
  const variance = means.reduce((sum, value) => sum + (value - meanLog) ** 2, 0) / (BATCHES - 1);
  return {
    meanLog,
    standardError: Math.sqrt(variance / BATCHES),
    centreMs: mean(samples.map(({ atMs }) => atMs)),
  };
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
