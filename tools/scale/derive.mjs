import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../bootstrap.mjs';
import { table } from '../bench/report.mjs';

const RATES = [10_000, 100_000, 1_000_000];
/** What of a core is planned with, so that p99 stays where it was measured and a process can die. */
const PLANNED_SHARE = 0.6;
const RETENTION_DAYS = 30;
/** In an outage so many jobs may wait, and each asks again after so long on average (ADR 0039). */
const WAITING_JOBS = 100_000;
const ASKS_EVERY_SECONDS = 10;
const SECONDS_A_DAY = 86_400;
const MICROSECONDS = 1e6;
const TERABYTE = 1e12;

/** Figures of the committed benchmarks, each by the line that holds it. @throws where a benchmark no longer says it */
export function readMeasured(read = (name) => readFileSync(join(ROOT, 'docs', 'benchmarks', `${name}.md`), 'utf8')) {
  const figure = (name, pattern) => {
    const [, found] = pattern.exec(read(name)) ?? [];
    if (found === undefined) throw new Error(`docs/benchmarks/${name}.md has nothing like ${pattern}`);
    return Number(found.replaceAll(',', ''));
  };
  return {
    taughtMicroseconds: figure('taught-api', /^\| 2,400 \| 64 \|(?:[^|]*\|){3} ([\d,]+) \|/m),
    rulesMicroseconds: figure('taught-api', /^\| 2,400 \| 64 \|(?:[^|]*\|){4} ([\d,]+) \|/m),
    batchedPerSecond: figure('ingest', /^\| POST \/attempt\/batch[^|]*\| ([\d,]+) \|/m),
    singlePerSecond: figure('ingest', /^\| POST \/attempt, [^|]*\| ([\d,]+) \|/m),
    rawPerSecond: figure('ingest', /^\| raw inserts, 2 connections \| ([\d,]+) \|/m),
    jobBytes: figure('storage', /^\| in all \|.*\| ([\d,]+) \|$/m),
    decisionBytes: figure('storage', /^\| decisions \|.*\| ([\d,]+) \|$/m),
    learnSeconds: figure('history', /([\d.]+) s for 1,000,000 attempts/),
  };
}

/** The tables of `docs/scale.md` that follow from what was measured. */
export function deriveScale(measured) {
  const n = (value, digits = 0) => value.toLocaleString('en', { maximumFractionDigits: digits });
  const from = (name) => `[${name}](benchmarks/${name}.md)`;
  const perCore = MICROSECONDS / measured.taughtMicroseconds;
  const planned = PLANNED_SHARE * perCore;
  const bytesADay = (rate) => rate * measured.jobBytes * SECONDS_A_DAY;
  const asking = WAITING_JOBS / ASKS_EVERY_SECONDS;
  const askedCores = Math.ceil(asking / planned);
  const row = (what, of) => [what, ...RATES.map(of)];
  return {
    measured: table(
      ['what', 'measured', 'from'],
      [
        ['processor time of a recommendation, as taught', `${n(measured.taughtMicroseconds)} µs`, from('taught-api')],
        ['the same by rules', `${n(measured.rulesMicroseconds)} µs`, from('taught-api')],
        ['durable attempts/s of one process, 64 a request', n(measured.batchedPerSecond), from('ingest')],
        ['the same, one a request', n(measured.singlePerSecond), from('ingest')],
        ['raw inserts/s of the Postgres beneath', n(measured.rawPerSecond), from('ingest')],
        [
          "on disk: a job's decision and its one report",
          `${n(measured.jobBytes)} bytes (${n(measured.decisionBytes)} of them the decision)`,
          from('storage'),
        ],
        ['learning the history at start', `${n(measured.learnSeconds)} s for a million attempts`, from('history')],
      ],
    ),
    core: `_Extrapolated_: one core answers about ${n(perCore)} recommendations a second as taught (1 s / ${n(measured.taughtMicroseconds)} µs), and is then full; plan with ${100 * PLANNED_SHARE} % of that, ${n(planned)}, so that p99 stays where it was measured and a process can die.`,
    waiting: `_Extrapolated_: a job that is put off asks again, every ${ASKS_EVERY_SECONDS} s on average where several processes answer (every 5 s to 3 min while a breaker is open). ${n(WAITING_JOBS)} jobs that wait for a dependency are ${n(asking)} more decisions a second: ${askedCores === 1 ? 'one core' : `${n(askedCores)} cores`}, and ${n((asking * measured.decisionBytes * SECONDS_A_DAY) / 24 / TERABYTE, 2)} TB of decisions an hour.`,
    rates: table(
      ['decisions/s', ...RATES.map((rate) => n(rate))],
      [
        row(`API cores at ${100 * PLANNED_SHARE} % (decisions)`, (rate) => n(Math.ceil(rate / planned))),
        row('API cores (reports, 64 a request)', (rate) => n(Math.ceil(rate / measured.batchedPerSecond))),
        row('rows/s into Postgres (two a job)', (rate) => n(2 * rate)),
        row('share of the raw insert rate', (rate) => `${n((200 * rate) / measured.rawPerSecond)} %`),
        row('disk a day', (rate) => `${n(bytesADay(rate) / TERABYTE, 1)} TB`),
        row(`disk for ${RETENTION_DAYS} days`, (rate) => `${n((RETENTION_DAYS * bytesADay(rate)) / TERABYTE)} TB`),
        row('cores of _each_ process to learn all outcomes', (rate) =>
          n((rate * measured.learnSeconds) / 1_000_000, 1),
        ),
      ],
    ),
  };
}

/** The text with each derived part put between its markers. */
export function fillIn(text, parts) {
  return Object.entries(parts).reduce((filled, [name, part]) => {
    const marked = new RegExp(`(<!-- derived: ${name} -->\n)[\\s\\S]*?(\n<!-- end -->)`);
    if (!marked.test(filled)) throw new Error(`docs/scale.md has no place for ${name}`);
    return filled.replace(marked, (_, begin, end) => `${begin}\n${part}\n${end}`);
  }, text);
}
