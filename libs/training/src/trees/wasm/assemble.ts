import { unsigned, type Code } from './instructions.js';

const I32 = 0x7f;
const V128 = 0x7b;

/** A function that takes whole numbers, and answers one if `hasResult`. */
export interface WasmFunction {
  readonly name: string;
  readonly parameters: number;
  readonly hasResult: boolean;
  /** Further locals, numbered after the parameters: whole numbers first, then vectors. */
  readonly numbers: number;
  readonly vectors: number;
  readonly body: Code;
}

/** A module over one memory that it imports as `host.memory`. @see WebAssembly Core Specification 2.0, 5.5 */
export function assemble(functions: readonly WasmFunction[], maxPages: number): Uint8Array<ArrayBuffer> {
  const types = functions.map(({ parameters, hasResult }) => [
    0x60,
    ...list(new Array<Code>(parameters).fill([I32])),
    ...list(hasResult ? [[I32]] : []),
  ]);
  const memory = [...name('host'), ...name('memory'), 0x02, 0x01, ...unsigned(1), ...unsigned(maxPages)];
  const exported = functions.map((each, i) => [...name(each.name), 0x00, ...unsigned(i)]);
  const codes = functions.map(({ numbers, vectors, body }) =>
    sized([
      ...list([
        [...unsigned(numbers), I32],
        [...unsigned(vectors), V128],
      ]),
      ...body,
      0x0b,
    ]),
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(types)),
    ...section(2, list([memory])),
    ...section(3, list(functions.map((_, i) => unsigned(i)))),
    ...section(7, list(exported)),
    ...section(10, list(codes)),
  ]);
}

const section = (id: number, content: Code): Code => [id, ...sized(content)];
const sized = (content: Code): Code => [...unsigned(content.length), ...content];
const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()];
const name = (text: string): Code => list([...text].map((character) => [character.charCodeAt(0)]));
