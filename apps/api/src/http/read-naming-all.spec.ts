import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import { readNamingAll } from './read-naming-all.js';
import { readDurationMs } from './wire-duration.js';
import { readTimestampMs } from './wire-time.js';

interface Body {
  readonly wait?: string;
  readonly at?: string;
  readonly until?: string;
}

const read = ({ wait, at, until }: Body) => [
  readDurationMs('features.wait', wait),
  ...[at, until].map((time, i) => time && readTimestampMs(`features.${i === 0 ? 'at' : 'until'}`, time)),
];
const readAll = (body: Body) => readNamingAll(body, read, 'features.');
const problemOf = (body: Body): unknown => {
  try {
    return readAll(body);
  } catch (error) {
    return error;
  }
};

describe('readNamingAll', () => {
  it('answers what is read where nothing is wrong', () => {
    expect(readAll({ wait: '5s' })).toEqual([5_000, undefined, undefined]);
  });

  it('names every field that is wrong, under the code of the first', () => {
    const problem = problemOf({ wait: 'long', at: '1970-01-01T00:00:00Z', until: 'then' });
    expect(problem).toMatchObject({
      code: 'INVALID_DURATION',
      message: expect.stringMatching(/^features\.wait .*; features\.until must be/),
      fields: [
        { path: 'features.wait', message: expect.any(String) },
        { path: 'features.until', message: expect.any(String) },
      ],
    });
  });

  it('says of one problem what was said of it, and ends where that is of no field', () => {
    const elsewhere = new SmartRetryError('INVALID_REQUEST', 'no', { fields: [{ path: 'other', message: 'no' }] });
    const refuse = () => {
      throw elsewhere;
    };
    expect(() => readNamingAll({ wait: '5s' }, refuse, '')).toThrow(elsewhere);
    const bug = new TypeError('a bug');
    const fail = () => {
      throw bug;
    };
    expect(() => readNamingAll({}, fail, '')).toThrow(bug);
  });
});
