import { describe, expect, it } from '@jest/globals';
import { Places } from './places.js';

const overloaded = expect.objectContaining({ code: 'OVERLOADED', retryAfterMs: 10_000 });

describe('places', () => {
  it('are refused when all are taken, and free again when one is left, however often that is said', () => {
    const places = new Places(2, 'exports');
    const leave = places.take();
    places.take();
    expect(() => places.take()).toThrow(overloaded);
    leave();
    leave();
    places.take();
    expect(() => places.take()).toThrow(overloaded);
  });

  it('are left by work that fails', async () => {
    const places = new Places(1, 'exports');
    await expect(places.during(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    await expect(places.during(() => places.during(() => Promise.resolve(1)))).rejects.toEqual(overloaded);
    await expect(places.during(() => Promise.resolve(1))).resolves.toBe(1);
  });
});
