import { describe, expect, it } from '@jest/globals';
import { withoutUnseenCycles } from './seen-cycles.js';
import { syntheticRows } from './testing/synthetic-rows.js';

const FEATURES = ['attempt_number', 'day_of_week', 'time_of_day'];
/** One row every five minutes. */
const ROWS_A_DAY = 288;

describe('withoutUnseenCycles', () => {
  it.each([
    [1, ['attempt_number']],
    [3, ['attempt_number', 'time_of_day']],
    [15, FEATURES],
  ])('of %i days leaves %j', (days, expected) => {
    expect(withoutUnseenCycles(FEATURES, syntheticRows({ rows: days * ROWS_A_DAY }))).toEqual(expected);
  });

  it('leaves nothing of the calendar where there are no rows', () => {
    expect(withoutUnseenCycles(FEATURES, [])).toEqual(['attempt_number']);
  });
});
