import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, table, writeReport } from './report.mjs';

// `npm run bench:training [-- rows …]`: our boosted trees beside those of others, on the same rows in the same run.
const ROUNDS = 100;
const TEST_ROWS = 200_000;
const sizes = process.argv.slice(2).map(Number);
if (sizes.length === 0) sizes.push(100_000, 1_000_000);

bootstrap();
build('libs/training');
const machine = describeMachine();
const { generateRows, COLUMNS } = await import('./training/generate-rows.mjs');
const folder = mkdtempSync(join(tmpdir(), 'smart-retry-training-'));
const ours = join(import.meta.dirname, 'training', 'ours.mjs');
const peers = join(import.meta.dirname, 'training', 'peers.py');
const sections = [];
try {
  write('test', generateRows(TEST_ROWS, 2));
  for (const rows of sizes) {
    write('train', generateRows(rows, 1));
    const runs = [
      run(process.execPath, [ours, folder, ROUNDS]),
      run('/usr/bin/python3', [peers, 'sklearn', folder, ROUNDS]),
      run('/usr/bin/python3', [peers, 'xgboost', folder, ROUNDS]),
    ].filter((result) => result !== undefined);
    sections.push(`## ${rows.toLocaleString('en')} × ${COLUMNS}`, tabulate(runs));
  }
} finally {
  rmSync(folder, { recursive: true });
}

writeReport('training', {
  title: 'Training boosted trees, beside others',
  machine,
  sections: [
    `\`npm run bench:training\`: ${ROUNDS} trees of 31 leaves, learning rate 0.1, λ 1, 255 bins, one thread each, every run in a process of its own, one after the other on the same rows; tested on ${TEST_ROWS.toLocaleString('en')} further rows. CPU seconds are of training alone, binning included; memory is the process's peak, with what it held before training in brackets (ours holds its rows in double precision, twice that of the others). Wanted: AUC within 0.002 of the better peer, CPU at most 1.5 × scikit-learn's.`,
    'The rows are made up, like retries: a skewed delay that helps some categories, busy hours, noise columns, missing values. The peers come from Debian (`apt-get install python3-sklearn python3-xgboost`); one that is not installed has no line.',
    ...sections,
  ],
});

function write(name, { values, labels }) {
  writeFileSync(join(folder, `${name}.values`), values);
  writeFileSync(join(folder, `${name}.labels`), labels);
}

function run(command, parameters) {
  // A processor type forced upon OpenBLAS would slow the peers down.
  const environment = { ...process.env };
  delete environment.OPENBLAS_CORETYPE;
  const { status, stdout, stderr } = spawnSync(command, parameters.map(String), {
    env: { ...environment, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' },
    encoding: 'utf8',
  });
  if (status === 0) return JSON.parse(stdout);
  console.error(`${parameters.join(' ')}: ${stderr.trim().split('\n').at(-1)}`);
  return undefined;
}

function tabulate(runs) {
  const scikit = runs.find(({ name }) => name.startsWith('scikit'));
  const rows = runs.map(({ name, cpuSeconds, wallSeconds, auc, peakMiB, idleMiB }) => [
    name,
    auc.toFixed(4),
    cpuSeconds.toFixed(1),
    scikit === undefined ? '' : (cpuSeconds / scikit.cpuSeconds).toFixed(2),
    wallSeconds.toFixed(1),
    `${Math.round(peakMiB)} (${Math.round(idleMiB)})`,
  ]);
  return table(['', 'AUC', 'CPU s', '× scikit-learn', 'wall s', 'peak MiB (before)'], rows);
}
