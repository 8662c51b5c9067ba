/** One line for each world, seed, decider and portion; empty where there was nothing to measure, lists with blanks between. */
export function toCsv(rows) {
  const measures = Object.keys(rows[0]?.measurement ?? {});
  const head = ['world', 'split', 'seed', 'decider', 'portion', ...measures];
  const lines = rows.map(({ world, split, seed, decider, portion, measurement }) =>
    [world, split, seed, decider, portion, ...measures.map((name) => toCell(measurement[name]))].join(','),
  );
  return `${[head.join(','), ...lines].join('\n')}\n`;
}

function toCell(value) {
  return Array.isArray(value) ? value.map((part) => part.toFixed(3)).join(' ') : (value ?? '');
}
