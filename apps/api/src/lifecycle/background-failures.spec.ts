import { describe, expect, it } from '@jest/globals';
import { SmartRetryError } from '@smart-retry/domain';
import { pino } from 'pino';
import { createBackgroundFailureLog } from './background-failures.js';

const away = (cause: unknown) => new SmartRetryError('STORE_UNAVAILABLE', 'the database does not answer', { cause });

describe('createBackgroundFailureLog', () => {
  const open = () => {
    const lines: Record<string, unknown>[] = [];
    let nowMs = 0;
    const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>) });
    const log = createBackgroundFailureLog(logger, () => nowMs);
    return { lines, log, pass: (ms: number) => (nowMs += ms) };
  };

  it('says the same once in 30 seconds', () => {
    const { lines, log, pass } = open();
    for (let i = 0; i < 3; i++) log(away(new Error('connect ECONNREFUSED')));
    expect(lines).toHaveLength(1);
    pass(30_000);
    log(away(new Error('connect ECONNREFUSED')));
    expect(lines).toHaveLength(2);
  });

  it('says another cause at once', () => {
    const { lines, log } = open();
    log(away(new Error('too busy', { cause: new Error('timed out after 2 s') })));
    log(away(new Error('database "nosuchdb" does not exist')));
    expect(lines.map(({ cause }) => cause)).toEqual([
      'too busy: timed out after 2 s',
      'database "nosuchdb" does not exist',
    ]);
  });

  it('finds the causes of a host with several addresses', () => {
    const { lines, log } = open();
    log(away(new AggregateError([new Error('connect ECONNREFUSED ::1'), new Error('connect ECONNREFUSED 127.0.0.1')])));
    expect(lines[0]?.['cause']).toBe('connect ECONNREFUSED ::1: connect ECONNREFUSED 127.0.0.1');
  });
});
