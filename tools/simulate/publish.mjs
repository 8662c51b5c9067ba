import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import {
  averageShareClosed,
  BASELINES,
  compareDeciders,
  expectedCalibrationError,
} from '../../libs/simulation/dist/index.js';
import { ROOT } from '../bootstrap.mjs';
import { table } from '../bench/report.mjs';
import { OURS, OURS_ASKED_ONCE, OURS_TOLD_LEAST, OURS_UNCOUNTED, OURS_WITH_MODELS } from './arguments.mjs';

/** Know what nobody can know: never the best in a row. */
const CLAIRVOYANT = new Set(BASELINES.filter(({ kind }) => kind === 'clairvoyant').map(({ name }) => name));
/** By how their columns are called. */
const TELL_LESS = new Map([
  [OURS_UNCOUNTED, 'without first tries'],
  [OURS_ASKED_ONCE, 'never asking again'],
  [OURS_TOLD_LEAST, 'telling least'],
]);
/** Of net utility in one world: more than this is a loss. */
const MOST_LOST = 0.01;

/** Renews the parts of the report that a run gives, between `<!-- name -->` and `<!-- /name -->`; what is written around them stays. */
export function renewReport(path, run) {
  const parts = {
    run: describeRun(run.options),
    worlds: describeWorlds(run),
    calibration: describeCalibration(run.rows),
    ...(run.options.deciders.includes(OURS_WITH_MODELS) && { models: describeModels(run) }),
    ...([...TELL_LESS.keys()].every((name) => run.options.deciders.includes(name)) && {
      'telling-less': describeTellingLess(run),
    }),
  };
  writeFileSync(path, renewParts(readFileSync(path, 'utf8'), parts));
}

export function renewParts(text, parts) {
  return Object.entries(parts).reduce((renewed, [name, part]) => {
    const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`];
    const [from, to] = [renewed.indexOf(begin), renewed.indexOf(end)];
    if (from === -1 || to < from) throw new Error(`the report has no part ${begin} … ${end}`);
    return `${renewed.slice(0, from + begin.length)}\n\n${part}\n\n${renewed.slice(to)}`;
  }, text);
}

function describeRun({ seeds, split }) {
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim();
  return [
    `- date: ${new Date().toISOString()}`,
    `- commit: ${commit}`,
    `- seeds: ${seeds.join(', ')} of the **${split}** split`,
    `- node: ${process.version}; time is virtual, so that the machine matters to none of the figures`,
  ].join('\n');
}

function describeWorlds({ comparisons, options: { deciders } }) {
  const lines = [...comparisons].map(([world, { standings, gap }]) => {
    const standingOf = (name) => standings.find(({ decider }) => decider === name);
    const best = Math.max(
      ...standings.filter(({ decider }) => !CLAIRVOYANT.has(decider)).map(({ utility }) => utility.value),
    );
    const ours = standingOf(OURS);
    return [
      world,
      ...deciders.map((name) => {
        const { value } = standingOf(name).utility;
        return value === best ? `**${value.toFixed(2)}**` : value.toFixed(2);
      }),
      ours.shareClosed === null ? `– (${gap.toFixed(3)} to gain)` : withInterval(ours.shareClosed, 2),
      withInterval(ours.overBestStatic, 3),
    ];
  });
  const mean = averageShareClosed([...comparisons.values()], OURS);
  return [
    table(['world', ...deciders, 'share closed', 'over the best static'], lines),
    `Mean share closed: **${mean.toFixed(3)}** over ${comparisons.size} worlds.`,
  ].join('\n\n');
}

/** What a trainer beside the product adds, world by world, and where it takes away. */
export function describeModels({ comparisons, rows }) {
  const mean = meansOf(rows, OURS_WITH_MODELS);
  const losses = [];
  const lines = [...comparisons].map(([world, { standings }]) => {
    const shareOf = (name) => standings.find(({ decider }) => decider === name).shareClosed;
    const [without, withModels] = [shareOf(OURS), shareOf(OURS_WITH_MODELS)];
    const gain = gainOfModels(rows, world);
    if (gain.value < -MOST_LOST) losses.push(`${world} (${withInterval(gain, 3)})`);
    return [
      world,
      without === null ? '–' : without.value.toFixed(2),
      withModels === null ? '–' : withInterval(withModels, 2),
      withInterval(gain, 3),
      calibrationErrorOf(rows, OURS_WITH_MODELS, world),
      mean(world, (m) => m.intervalCoverage, 2),
    ];
  });
  const average = averageShareClosed([...comparisons.values()], OURS_WITH_MODELS);
  return [
    table(['world', 'share closed without', 'with models', 'net utility gained', 'ECE', 'intervals that hold'], lines),
    `Mean share closed with models: **${average.toFixed(3)}** over ${comparisons.size} worlds.`,
    `Worse with models by more than ${MOST_LOST}: ${losses.length === 0 ? 'none' : losses.join(', ')}.`,
  ].join('\n\n');
}

/** What is left for callers that report no first tries, for workers that retry after `delay_ms` where others ask again, and for those that do both and tell the least. */
export function describeTellingLess({ comparisons }) {
  const lines = [...comparisons].map(([world, { standings }]) => {
    const standingOf = (name) => standings.find(({ decider }) => decider === name);
    const { shareClosed } = standingOf(OURS);
    return [
      world,
      shareClosed === null ? '–' : shareClosed.value.toFixed(2),
      ...[...TELL_LESS.keys()]
        .map(standingOf)
        .flatMap((less) => [
          less.shareClosed === null ? '–' : withInterval(less.shareClosed, 2),
          withInterval(less.overBestStatic, 3),
        ]),
    ];
  });
  const columns = [...TELL_LESS.values()].flatMap((title) => [title, 'over the best static']);
  const means = [...TELL_LESS].map(([name, title]) => {
    return `**${averageShareClosed([...comparisons.values()], name).toFixed(3)}** ${title}`;
  });
  return [table(['world', 'share closed', ...columns], lines), `Mean share closed: ${means.join(', ')}.`].join('\n\n');
}

/** Seed by seed, as the seeds differ more than the deciders do. */
function gainOfModels(rows, world) {
  const utilitiesOf = (name) =>
    rows
      .filter((row) => row.world === world && row.decider === name && row.portion === 'second-half')
      .sort((a, b) => a.seed - b.seed)
      .map(({ measurement }) => measurement.netUtility);
  const utilities = new Map([OURS, OURS_WITH_MODELS].map((name) => [name, utilitiesOf(name)]));
  const { standings } = compareDeciders(utilities, { rules: OURS, statics: new Set([OURS]) });
  return standings[1].overBestStatic;
}

function describeCalibration(rows) {
  const worlds = [...new Set(rows.map(({ world }) => world))];
  const mean = meansOf(rows, OURS);
  return table(
    ['world', 'ECE of the chances shown', 'mean of the seeds, each alone', '90 % intervals that hold the true chance'],
    worlds.map((world) => [
      world,
      calibrationErrorOf(rows, OURS, world),
      mean(world, (m) => m.calibrationError, 3),
      mean(world, (m) => m.intervalCoverage, 2),
    ]),
  );
}

/** Of the retries of all seeds of a world together, as text. */
function calibrationErrorOf(rows, name, world) {
  const runs = judgedRows(rows, name).filter((row) => row.world === world);
  const error = expectedCalibrationError(runs.map(({ measurement }) => measurement));
  return error === null ? '–' : error.toFixed(3);
}

function judgedRows(rows, name) {
  return rows.filter(({ decider, portion }) => decider === name && portion === 'second-half');
}

/** The mean of a measure over the seeds of a world, as text. */
function meansOf(rows, name) {
  const judged = judgedRows(rows, name);
  return (world, read, digits) => {
    const known = judged.filter((row) => row.world === world).flatMap(({ measurement }) => read(measurement) ?? []);
    return known.length === 0 ? '–' : (known.reduce((sum, value) => sum + value, 0) / known.length).toFixed(digits);
  };
}

function withInterval({ value, interval: [lo, hi] }, digits) {
  return `${value.toFixed(digits)} (${lo.toFixed(digits)} to ${hi.toFixed(digits)})`;
}
