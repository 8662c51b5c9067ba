/** Instructions of WebAssembly as bytes; what takes operands takes the code that computes them, in order. */
export type Code = readonly number[];

/** Unsigned LEB128. */
export function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** Signed LEB128. */
function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}

const operation =
  (...opcode: readonly number[]) =>
  (...operands: readonly Code[]): Code => [...operands.flat(), ...opcode];
/** @param alignment power of two */
const access =
  (opcode: Code, alignment: number) =>
  (operands: readonly Code[], offset = 0): Code => [...operands.flat(), ...opcode, alignment, ...unsigned(offset)];

export const get = (local: number): Code => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): Code => [...value, 0x21, ...unsigned(local)];

export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  lessThan: operation(0x49),
  greaterThan: operation(0x4a),
  atLeast: operation(0x4f),
  add: operation(0x6a),
  subtract: operation(0x6b),
  multiply: operation(0x6c),
  and: operation(0x71),
  shiftLeft: operation(0x74),
  shiftRight: operation(0x76),
  load: access([0x28], 2),
  loadByte: access([0x2d], 0),
  loadShort: access([0x2f], 1),
  store: access([0x36], 2),
} as const;

/** Two doubles at once. */
export const f64x2 = {
  load: access([0xfd, 0x00], 3),
  store: access([0xfd, 0x0b], 3),
  add: operation(0xfd, 0xf0, 0x01),
  /** Two single-precision numbers that lie side by side. */
  loadFloats: (address: Code): Code => [...address, 0xfd, 0x5d, 2, 0, 0xfd, 0x5f],
} as const;

export const copyBytes = (to: Code, from: Code, bytes: Code): Code => [...to, ...from, ...bytes, 0xfc, 0x0a, 0, 0];

/** Runs the body while the condition holds; it is looked at before each turn. */
export const loopWhile = (condition: Code, ...body: readonly Code[]): Code => [
  0x03,
  0x40,
  ...condition,
  0x04,
  0x40,
  ...body.flat(),
  0x0c,
  1,
  0x0b,
  0x0b,
];
