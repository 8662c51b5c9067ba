import { assemble } from './wasm/assemble.js';
import { ADD_COLUMN, ADD_ROWS, PARTITION, PARTITION_WIDE } from './wasm/kernels.js';

/** Of WebAssembly, what is used here: the language's own library does not describe it. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number; readonly maximum: number }) => {
    readonly buffer: ArrayBuffer;
  };
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: object };
};

/** The order of rows, and what each asks for. */
export interface SlopedRows {
  readonly order: Uint32Array;
  /** By row its gradient and its hessian, side by side. */
  readonly slopes: Float32Array;
}

/** Entries of a column of one-byte bins in a histogram. */
export const NARROW_STRIDE = 2 * 256;

type Partition = (bins: number, order: number, end: number, spare: number, wrap: number, last: number) => number;

interface Kernels {
  addRows(histogram: number, words: number, order: number, end: number, slopes: number, wordsOfARow: number): void;
  addColumn(histogram: number, shorts: number, order: number, end: number, slopes: number): void;
  readonly partition: Partition;
  readonly partitionWide: Partition;
}

const PAGE_BYTES = 65_536;
const MAX_PAGES = 65_536;
/** A cache line. */
const ALIGNMENT = 64;

let compiled: object | undefined;

/**
 * What the loops that take most of training's time work on, in one block of memory, and these loops: two doubles are
 * added at once, which halves what growing trees costs. They do exactly what the same loops in this language would.
 */
export class TreeMemory {
  readonly #buffer: ArrayBuffer;
  readonly #kernels: Kernels;
  #used = 0;

  /** @param bytes of everything that will be allocated, without the alignment of `allocations` pieces */
  constructor({ bytes, allocations }: { readonly bytes: number; readonly allocations: number }) {
    const pages = Math.max(1, Math.ceil((bytes + allocations * ALIGNMENT) / PAGE_BYTES));
    if (pages > MAX_PAGES) throw new RangeError(`trees over ${bytes} bytes of rows take more memory than 4 GiB`);
    const memory = new WebAssembly.Memory({ initial: pages, maximum: MAX_PAGES });
    compiled ??= new WebAssembly.Module(assemble([ADD_ROWS, ADD_COLUMN, PARTITION, PARTITION_WIDE], MAX_PAGES));
    this.#buffer = memory.buffer;
    this.#kernels = new WebAssembly.Instance(compiled, { host: { memory } }).exports as Kernels;
  }

  bytes(length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, this.#allocate(length), length);
  }

  shorts(length: number): Uint16Array<ArrayBuffer> {
    return new Uint16Array(this.#buffer, this.#allocate(2 * length), length);
  }

  words(length: number): Uint32Array<ArrayBuffer> {
    return new Uint32Array(this.#buffer, this.#allocate(4 * length), length);
  }

  floats(length: number): Float32Array<ArrayBuffer> {
    return new Float32Array(this.#buffer, this.#allocate(4 * length), length);
  }

  doubles(length: number): Float64Array<ArrayBuffer> {
    return new Float64Array(this.#buffer, this.#allocate(8 * length), length);
  }

  /**
   * Adds the slopes of the rows `order[from … to)` to their bins. Row by row, four columns of a row with one read: a row's
   * bins share a cache line. All arrays are of this memory.
   */
  addRows(
    histogram: Float64Array,
    { words, wordsOfARow }: { readonly words: Uint32Array; readonly wordsOfARow: number },
    { order, slopes }: SlopedRows,
    from: number,
    to: number,
  ): void {
    const [first, end] = [order.byteOffset + 4 * from, order.byteOffset + 4 * to];
    this.#kernels.addRows(histogram.byteOffset, words.byteOffset, first, end, slopes.byteOffset, wordsOfARow);
  }

  /** The same for one column of two-byte bins, which it reads alone: `histogram` is that column's stretch. */
  addColumn(histogram: Float64Array, bins: Uint16Array, { order, slopes }: SlopedRows, from: number, to: number): void {
    const [first, end] = [order.byteOffset + 4 * from, order.byteOffset + 4 * to];
    this.#kernels.addColumn(histogram.byteOffset, bins.byteOffset, first, end, slopes.byteOffset);
  }

  /**
   * Moves the rows of `order[from … to)` whose place in the column is at most `last` before the others, in both keeping
   * their order; answers where the others begin. A row's place is its bin less `wrap`, modulo 256, or 65,536 with two-byte bins.
   */
  partition(
    column: Uint8Array | Uint16Array,
    order: Uint32Array,
    spare: Uint32Array,
    {
      from,
      to,
      wrap,
      last,
    }: { readonly from: number; readonly to: number; readonly wrap: number; readonly last: number },
  ): number {
    const [first, end] = [order.byteOffset + 4 * from, order.byteOffset + 4 * to];
    const divide = column.BYTES_PER_ELEMENT === 1 ? this.#kernels.partition : this.#kernels.partitionWide;
    const middle = divide(column.byteOffset, first, end, spare.byteOffset, wrap, last);
    return (middle - order.byteOffset) / 4;
  }

  #allocate(bytes: number): number {
    const at = this.#used;
    this.#used = ALIGNMENT * Math.ceil((at + bytes) / ALIGNMENT);
    return at;
  }
}
