import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import { readAll, readEach } from './read-all.js';

const refuse = (path: string, code: 'INVALID_REQUEST' | 'INVALID_DURATION' = 'INVALID_REQUEST'): never => {
  throw new SmartRetryError(code, `${path} is wrong`, { fields: [{ path, message: 'is wrong' }] });
};
const problemOf = (read: () => unknown): unknown => {
  try {
    return read();
  } catch (error) {
    return error;
  }
};

describe('readAll', () => {
  it('answers what each reads under its name', () => {
    expect(readAll({ one: () => 1, none: () => undefined, two: () => 'b' })).toEqual({
      one: 1,
      none: undefined,
      two: 'b',
    });
  });

  it('tells what is wrong with any, under the code of the first', () => {
    const problem = problemOf(() =>
      readAll({
        a: () => refuse('a', 'INVALID_DURATION'),
        good: () => 1,
        rest: () => readAll({ b: () => refuse('b') }),
      }),
    );
    expect(problem).toMatchObject({
      code: 'INVALID_DURATION',
      message: 'a is wrong; b is wrong',
      fields: [{ path: 'a' }, { path: 'b' }],
    });
  });

  it('says of one problem what was said of it, and hides no bug', () => {
    const problem = new SmartRetryError('FORBIDDEN_TENANT', 'no');
    const fail = (error: Error) => () => {
      throw error;
    };
    expect(problemOf(() => readAll({ a: () => 1, b: fail(problem) }))).toBe(problem);
    const bug = new TypeError('a bug');
    expect(problemOf(() => readAll({ a: fail(problem), b: fail(bug) }))).toBe(bug);
  });
});

describe('readEach', () => {
  it('answers what is read of each item, in order', () => {
    expect(readEach([3, 1], (item, i) => [item, i])).toEqual([
      [3, 0],
      [1, 1],
    ]);
  });

  it('looks for no more than about twenty problems in however many items', () => {
    let asked = 0;
    const items = Array.from({ length: 1_000 }, (_, i) => i);
    const problem = problemOf(() =>
      readEach(items, (_item, i) => {
        asked += 1;
        refuse(`items[${i}]`);
      }),
    );
    expect(asked).toBe(20);
    expect(problem).toMatchObject({ fields: items.slice(0, 20).map((i) => ({ path: `items[${i}]` })) });
  });
});
