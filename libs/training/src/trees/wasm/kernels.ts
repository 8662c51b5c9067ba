import type { WasmFunction } from './assemble.js';
import { copyBytes, f64x2, get, i32, loopWhile, set, type Code } from './instructions.js';

/** Bytes of one column in a histogram: 256 bins of two doubles. */
const COLUMN_BYTES = 4_096;

/** Gradient and hessian of a row, as doubles. */
const slopesOf = (slopes: number, row: number): Code =>
  f64x2.loadFloats(i32.add(get(slopes), i32.shiftLeft(get(row), i32.constant(3))));

/** `addRows(histogram, words, order, endOfOrder, slopes, wordsOfARow)`: addresses, in bytes. */
export const ADD_ROWS: WasmFunction = (() => {
  const [histogram, words, order, end, slopes, wordsOfARow] = [0, 1, 2, 3, 4, 5];
  const [row, word, last, to, bins, slope] = [6, 7, 8, 9, 10, 11];
  /** Bin `column` of the word, times the 16 bytes of an entry. */
  const entry = (column: number): Code => {
    const shifted =
      column === 0
        ? i32.shiftLeft(get(bins), i32.constant(4))
        : i32.shiftRight(get(bins), i32.constant(8 * column - 4));
    return i32.add(get(to), i32.and(shifted, i32.constant(0xff0)));
  };
  const addOne = (column: number): Code => {
    const offset = column * COLUMN_BYTES;
    return f64x2.store([entry(column), f64x2.add(f64x2.load([entry(column)], offset), get(slope))], offset);
  };
  const body = loopWhile(
    i32.lessThan(get(order), get(end)),
    set(row, i32.load([get(order)])),
    set(order, i32.add(get(order), i32.constant(4))),
    set(slope, slopesOf(slopes, row)),
    set(word, i32.add(get(words), i32.shiftLeft(i32.multiply(get(row), get(wordsOfARow)), i32.constant(2)))),
    set(last, i32.add(get(word), i32.shiftLeft(get(wordsOfARow), i32.constant(2)))),
    set(to, get(histogram)),
    loopWhile(
      i32.lessThan(get(word), get(last)),
      set(bins, i32.load([get(word)])),
      addOne(0),
      addOne(1),
      addOne(2),
      addOne(3),
      set(to, i32.add(get(to), i32.constant(4 * COLUMN_BYTES))),
      set(word, i32.add(get(word), i32.constant(4))),
    ),
  );
  return { name: 'addRows', parameters: 6, hasResult: false, numbers: 5, vectors: 1, body };
})();

function shortAt(shorts: Code, index: Code): Code {
  return i32.loadShort([i32.add(shorts, i32.shiftLeft(index, i32.constant(1)))]);
}

/** `addColumn(histogramOfColumn, bins, order, endOfOrder, slopes)`: addresses, in bytes; two bytes a bin. */
export const ADD_COLUMN: WasmFunction = (() => {
  const [histogram, bins, order, end, slopes] = [0, 1, 2, 3, 4];
  const [row, to, slope] = [5, 6, 7];
  const body = loopWhile(
    i32.lessThan(get(order), get(end)),
    set(row, i32.load([get(order)])),
    set(order, i32.add(get(order), i32.constant(4))),
    set(to, i32.add(get(histogram), i32.shiftLeft(shortAt(get(bins), get(row)), i32.constant(4)))),
    set(slope, slopesOf(slopes, row)),
    f64x2.store([get(to), f64x2.add(f64x2.load([get(to)]), get(slope))]),
  );
  return { name: 'addColumn', parameters: 5, hasResult: false, numbers: 2, vectors: 1, body };
})();

/**
 * `partition(bins, order, endOfOrder, spare, wrap, last)`: answers the address in `order` where the rows that go right begin.
 * Without a branch: which side a row takes cannot be foreseen, and each wrong guess costs more than both stores.
 */
function partition(kernel: string, bin: (bins: Code, row: Code) => Code, highest: number): WasmFunction {
  const [bins, order, end, spare, wrap, last] = [0, 1, 2, 3, 4, 5];
  const [left, right, row, goesRight] = [6, 7, 8, 9];
  const place = i32.and(i32.subtract(bin(get(bins), get(row)), get(wrap)), i32.constant(highest));
  const body = [
    ...set(left, get(order)),
    ...set(right, get(spare)),
    ...loopWhile(
      i32.lessThan(get(order), get(end)),
      set(row, i32.load([get(order)])),
      set(order, i32.add(get(order), i32.constant(4))),
      set(goesRight, i32.shiftLeft(i32.greaterThan(place, get(last)), i32.constant(2))),
      i32.store([get(left), get(row)]),
      i32.store([get(right), get(row)]),
      set(right, i32.add(get(right), get(goesRight))),
      set(left, i32.add(get(left), i32.subtract(i32.constant(4), get(goesRight)))),
    ),
    ...copyBytes(get(left), get(spare), i32.subtract(get(right), get(spare))),
    ...get(left),
  ];
  return { name: kernel, parameters: 6, hasResult: true, numbers: 4, vectors: 0, body };
}

export const PARTITION = partition('partition', (bins, row) => i32.loadByte([i32.add(bins, row)]), 0xff);
/** The same where a bin takes two bytes. */
export const PARTITION_WIDE = partition('partitionWide', shortAt, 0xffff);
