import { describeRefusal } from '../ndjson/read-lines.mjs';

const EXCLUSIONS = {
  pending: 'so late that a retry could still come',
  missing_attempt: 'the next attempt is not in the file',
  unknown_outcome: 'the retry was cancelled or its outcome is unknown',
  unknown_delay: 'the wait is not known',
  no_error_class: 'without an error class',
};
const VERDICT_ORDER = ['better', 'no difference', 'worse', 'cannot tell'];

/** The answer for people. */
export function writeReport(file, answer) {
  const { history, objective, propensities, policies, refused_attempts: refused } = answer;
  return [
    `${file}: ${count(history.attempts)} attempts of ${count(history.jobs)} jobs${describeSpan(history)}`,
    ...(history.duplicates > 0 ? [`${count(history.duplicates)} came again and count once.`] : []),
    `${count(history.failures)} failures; what became of ${count(history.decisions)} of them is known${describeExclusions(history)}.`,
    propensities.note,
    '',
    ...tableOf(answer),
    '',
    `Utility: 1 for a success at once, half as much after ${objective.value_half_life}, ${objective.attempt_cost} less for each attempt; per failure, from then on.`,
    'Each policy decides once; everything later is as it was in the file. In brackets: 95 % intervals.',
    ...(policies.filter(({ verdict }) => verdict === 'cannot tell').length > 0
      ? ['Where the file cannot tell, no number is shown: --json has them.']
      : []),
    ...(refused.length > 0
      ? ['', `${count(history.refused)} lines were no attempts:`, ...refused.map(describeRefusal)]
      : []),
  ].join('\n');
}

function tableOf({ logged, policies }) {
  const ranked = [...policies].sort(
    (a, b) => VERDICT_ORDER.indexOf(a.verdict) - VERDICT_ORDER.indexOf(b.verdict) || b.utility - a.utility,
  );
  const rows = [
    ['policy', 'verdict', 'utility', 'difference', 'rests on', 'why'],
    ['as it was', '', logged === null ? '–' : withInterval(logged.utility, logged.interval), '', '', ''],
    ...ranked.map((row) => {
      const canTell = row.verdict !== 'cannot tell';
      return [
        row.policy,
        row.verdict,
        canTell ? withInterval(row.utility, row.interval) : '–',
        canTell ? withInterval(row.difference, row.difference_interval, signed) : '–',
        row.effective_sample_size === null ? '–' : count(row.effective_sample_size),
        row.reason,
      ];
    }),
  ];
  const widths = rows[0].map((_, i) => Math.max(...rows.map((row) => row[i].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  );
}

function describeSpan({ from, to }) {
  return from === null ? '' : `, ${from.slice(0, 16)} to ${to.slice(0, 16)} UTC`;
}

function describeExclusions({ excluded }) {
  const parts = Object.entries(EXCLUSIONS)
    .filter(([name]) => excluded[name] > 0)
    .map(([name, why]) => `${count(excluded[name])} ${why}`);
  return parts.length === 0 ? '' : ` (not of: ${parts.join('; ')})`;
}

function withInterval(value, [lo, hi], format = plain) {
  return `${format(value)} [${format(lo)}, ${format(hi)}]`;
}

/** Without the minus of what rounds to zero. */
function plain(value) {
  return (Math.round(1_000 * value) / 1_000 + 0).toFixed(3).replace('-', '−');
}

function signed(value) {
  const text = plain(value);
  return text.startsWith('−') ? text : `+${text}`;
}

function count(n) {
  return n.toLocaleString('en-US');
}
