import { describe, expect, it } from '@jest/globals';
import { QueryFailedError } from 'typeorm';
import { classifyPostgresFailure } from './classify-postgres-failure.js';

const failure = (code: string, message = '') => Object.assign(new Error(message), { code });

describe('classifyPostgresFailure', () => {
  it.each([
    ['unreachable', failure('ECONNREFUSED')],
    ['unreachable', failure('57P01')],
    ['unreachable', failure('57P03')],
    ['unreachable', failure('53300')],
    ['unreachable', failure('28P01')],
    ['unreachable', new Error('Connection terminated unexpectedly')],
    ['unreachable', new Error('timeout expired')],
    ['unreachable', new Error('Query read timeout')],
    ['busy', failure('57014')],
    ['busy', failure('55P03')],
    ['busy', failure('40P01')],
    ['busy', new Error('timeout exceeded when trying to connect')],
    ['defect', failure('23505')],
    ['defect', failure('42P01')],
    ['defect', new TypeError('x is not a function')],
    ['defect', undefined],
  ])('finds %s in %p', (kind, error) => {
    expect(classifyPostgresFailure(error)).toBe(kind);
  });

  it('looks into what TypeORM wraps', () => {
    expect(classifyPostgresFailure(new QueryFailedError('SELECT 1', [], failure('57P01')))).toBe('unreachable');
    expect(classifyPostgresFailure(new QueryFailedError('SELECT 1', [], failure('23505')))).toBe('defect');
  });
});
