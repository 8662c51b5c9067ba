import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { averageShareClosed } from '../../libs/simulation/dist/index.js';
import { ROOT } from '../bootstrap.mjs';
import { table } from '../bench/report.mjs';
import { OURS } from './arguments.mjs';

/** Renews the parts of the report that a run gives, between `<!-- name -->` and `<!-- /name -->`; what is written around them stays. */
export function renewReport(path, run) {
  const parts = {
    run: describeRun(run.options),
    worlds: describeWorlds(run),
    calibration: describeCalibration(run.rows),
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
      ...standings.filter(({ decider }) => decider !== 'oracle').map(({ utility }) => utility.value),
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

function describeCalibration(rows) {
  const ours = rows.filter(({ decider, portion }) => decider === OURS && portion === 'second-half');
  const worlds = [...new Set(ours.map(({ world }) => world))];
  const mean = (world, read, digits) => {
    const known = ours.filter((row) => row.world === world).flatMap(({ measurement }) => read(measurement) ?? []);
    return known.length === 0 ? '–' : (known.reduce((sum, value) => sum + value, 0) / known.length).toFixed(digits);
  };
  return table(
    ['world', 'ECE of the chances shown', '90 % intervals that hold the true chance'],
    worlds.map((world) => [
      world,
      mean(world, (m) => m.calibrationError, 3),
      mean(world, (m) => m.intervalCoverage, 2),
    ]),
  );
}

function withInterval({ value, interval: [lo, hi] }, digits) {
  return `${value.toFixed(digits)} (${lo.toFixed(digits)} to ${hi.toFixed(digits)})`;
}
