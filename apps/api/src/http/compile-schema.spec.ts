import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import { Type } from 'typebox';
import { compileSchema } from './compile-schema.js';

const Item = Type.Object({ name: Type.String({ minLength: 1 }), size: Type.Optional(Type.Integer({ minimum: 0 })) });
const check = compileSchema<unknown>(
  Type.Object({ items: Type.Array(Item, { maxItems: 5_000 }) }, { additionalProperties: false }),
);

function problemOf(value: unknown, prefix?: string): SmartRetryError {
  try {
    check(value, prefix);
  } catch (error) {
    if (error instanceof SmartRetryError) return error;
  }
  throw new Error('nothing was refused');
}

describe('compileSchema', () => {
  it('answers what fits, unchanged', () => {
    const value = { items: [{ name: 'a', size: 1 }] };
    expect(check(value)).toBe(value);
  });

  it('names every problem by its dotted path', () => {
    const { fields, message } = problemOf({ items: [{ name: '' }, { size: '1' }], more: 1 });
    expect(fields).toEqual([
      { path: 'more', message: 'is not a known field' },
      { path: 'items[0].name', message: 'must not be empty' },
      { path: 'items[1].name', message: 'is required' },
      { path: 'items[1].size', message: 'must be integer' },
    ]);
    expect(message).toContain('missing required field: items[1].name');
    expect(message).toContain('unknown field: more');
  });

  it('puts paths below a prefix', () => {
    expect(problemOf({ items: 1 }, 'strategy').fields).toEqual([{ path: 'strategy.items', message: 'must be array' }]);
  });

  it('names at most 20 problems', () => {
    expect(problemOf({ items: Array.from({ length: 100 }, () => ({})) }).fields).toHaveLength(20);
  });

  it('names only the first problem of a body too large to explain', () => {
    expect(problemOf({ items: Array.from({ length: 10_000 }, () => ({})) }).fields).toHaveLength(1);
  });
});
