const BYTES_PER_MIB = 2 ** 20;
const DAY_MS = 86_400_000;
/** Bytes a row may grow: pages are filled unevenly. */
const ROW_MAY_GROW = 0.1;
/** Retention looks once a minute. */
const LOOKS_WITHIN_MS = 3 * 60_000;
const DAILY = ['attempts', 'attempt_rollups', 'decisions'];
/** Digests of reports: two generations, swapped once a day. */
const BY_LOAD = [...DAILY, 'attempt_keys_current', 'attempt_counts'];
/** A row for each change of the configuration; what else there is does not change in the soak. */
const BY_CHANGE = ['configuration_revisions', 'change_ledger'];
const CHANGES_OF_THE_START = 10;

/** Judges every table. @returns cells to show, and whether the table is bounded */
export function judgeTables({ samples, rowsAtEnd, writes, endMs }) {
  const last = samples.at(-1).tables;
  const names = [...new Set(last.map(({ name, parent }) => parent ?? name))].sort();
  const third = Math.floor(samples.length / 3);
  const [early, late] = [samples[third], samples.at(-1)];
  return names.map((name) => {
    const own = last.filter((one) => (one.parent ?? one.name) === name);
    const rows = own.reduce((sum, one) => sum + (rowsAtEnd.get(one.name) ?? 0), 0);
    const bytes = own.reduce((sum, one) => sum + one.bytes, 0);
    const [before, after] = [bytesARow(early, name), bytesARow(late, name)];
    const judged = BY_LOAD.includes(name)
      ? judgeByLoad({ name, own, before, after, endMs })
      : judgeByChange({ name, rows, rowsBefore: rowsOf(samples[0], name), writes });
    const cells = [name, rows.toLocaleString('en'), (bytes / BYTES_PER_MIB).toFixed(1), round(before), round(after)];
    return { isBounded: judged.isBounded, cells: [...cells, judged.by] };
  });
}

function judgeByLoad({ name, own, before, after, endMs }) {
  const isNoLarger = !(after > before * (1 + ROW_MAY_GROW));
  if (!DAILY.includes(name)) return { isBounded: isNoLarger, by: 'bytes a row' };
  const tooOld = own.filter((one) => dayOf(one.name) + 2 * DAY_MS < endMs - LOOKS_WITHIN_MS);
  const days = own.filter(({ rows }) => rows > 0).length;
  return {
    isBounded: isNoLarger && tooOld.length === 0,
    by: `bytes a row; ${days} days, ${tooOld.length} of them over`,
  };
}

function judgeByChange({ name, rows, rowsBefore, writes }) {
  const mayCome = BY_CHANGE.includes(name) ? writes : 0;
  const came = rows - rowsBefore;
  return { isBounded: came <= mayCome + CHANGES_OF_THE_START, by: `${came} rows came, ${mayCome} explained` };
}

function bytesARow(sample, name) {
  const own = sample.tables.filter((one) => (one.parent ?? one.name) === name && one.rows > 0);
  return own.reduce((sum, one) => sum + one.bytes, 0) / own.reduce((sum, one) => sum + one.rows, 0);
}

function rowsOf(sample, name) {
  return sample.tables.filter((one) => (one.parent ?? one.name) === name).reduce((sum, one) => sum + one.rows, 0);
}

function dayOf(name) {
  const day = name.slice(-8);
  return Date.parse(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T00:00:00Z`);
}

function round(value) {
  return Number.isFinite(value) ? Math.round(value).toLocaleString('en') : '';
}
