import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';

/** The middle value; of an even number, the mean of the two in the middle. */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle) - 1]) / 2;
}

/** Where and when a run took place: without it a figure says little. Taken before the run, when the load is not its own. */
export function describeMachine() {
  const processors = cpus();
  return [
    `date: ${new Date().toISOString()}`,
    `commit: ${execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: ROOT, encoding: 'utf8' }).trim()}`,
    `machine: ${processors.length} × ${processors[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release()}`,
    `node: ${process.version}`,
    `load before the run (1, 5, 15 minutes): ${loadavg()
      .map((load) => load.toFixed(2))
      .join(', ')}`,
  ];
}

/** A Markdown table. */
export function table(head, rows) {
  return [head, head.map((_, i) => (i === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
}

/** Prints a result and writes it to `docs/benchmarks/<name>.md`. */
export function writeReport(name, { title, machine, sections }) {
  const text = [`# ${title}`, machine.map((line) => `- ${line}`).join('\n'), ...sections, ''].join('\n\n');
  const folder = join(ROOT, 'docs', 'benchmarks');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.md`), text);
  console.log(text);
}

/** The median of ratios as percent, with their range. */
export function describeRatios(ratios) {
  const percent = (ratio) => `${Math.round(100 * ratio)} %`;
  return `**${percent(median(ratios))}** (${percent(Math.min(...ratios))}–${percent(Math.max(...ratios))})`;
}
