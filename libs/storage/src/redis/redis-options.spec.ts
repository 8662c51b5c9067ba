import { describe, expect, it } from '@jest/globals';
import { parseRedisAddress } from './redis-options.js';

describe('parseRedisAddress', () => {
  it.each([
    ['localhost:6379', { host: 'localhost', port: 6379 }],
    ['[::1]:7000', { host: '::1', port: 7000 }],
  ])('reads %p', (addr, expected) => {
    expect(parseRedisAddress(addr)).toEqual(expected);
  });

  it.each(['', 'localhost', ':6379', '::1:6379', 'redis://localhost:6379', 'localhost:port'])('refuses %p', (addr) => {
    expect(() => parseRedisAddress(addr)).toThrow(TypeError);
  });
});
