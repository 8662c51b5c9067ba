import { describe, expect, it } from '@jest/globals';
import { StoreBreaker, type StoreBreakerOptions, type StoreFailure } from './store-breaker.js';
import { eventually } from './testing/eventually.js';

class Failure extends Error {
  constructor(readonly kind: StoreFailure) {
    super(kind);
  }
}

function createBreaker(options: Partial<StoreBreakerOptions> = {}): StoreBreaker {
  return new StoreBreaker({
    store: 'the store',
    timeoutMs: 10_000,
    openMs: 60_000,
    classify: (error) => (error instanceof Failure ? error.kind : 'defect'),
    stalls: { now: () => 0, wasStalledSince: () => false },
    ...options,
  });
}

const fail = (kind: StoreFailure) => () => Promise.reject(new Failure(kind));
const succeed = () => Promise.resolve('answer');
const never = () => new Promise<never>(() => undefined);

describe('StoreBreaker', () => {
  it('asks nobody after one failure to reach the store, and keeps the cause', async () => {
    const breaker = createBreaker();
    await expect(breaker.run(fail('unreachable'))).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      retryAfterMs: 60_000,
      cause: { kind: 'unreachable' },
    });
    await expect(breaker.run(succeed)).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      cause: { kind: 'unreachable' },
    });
  });

  it('goes on asking after a statement that was only too slow', async () => {
    const breaker = createBreaker();
    await expect(breaker.run(fail('busy'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await breaker.run(succeed)).toBe('answer');
  });

  it('hands defects on as they are', async () => {
    const breaker = createBreaker();
    await expect(breaker.run(fail('defect'))).rejects.toBeInstanceOf(Failure);
    expect(await breaker.run(succeed)).toBe('answer');
  });

  it('gives up on an operation that does not end', async () => {
    const breaker = createBreaker({ timeoutMs: 1 });
    await expect(breaker.run(never)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(breaker.run(succeed)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  });

  it('blames nobody for an answer that this process was too busy to hear, and asks on', async () => {
    const stalls = { now: () => 7, wasStalledSince: (atMs: number) => atMs === 7 };
    const breaker = createBreaker({ timeoutMs: 1, stalls });
    await expect(breaker.run(never)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(breaker.run(fail('unreachable'))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await breaker.run(succeed)).toBe('answer');
  });

  it('recovers by a probe, behind which nobody waits', async () => {
    const breaker = createBreaker({ openMs: 1 });
    await expect(breaker.run(fail('unreachable'))).rejects.toThrow();
    let endProbe: (() => void) | undefined;
    const probe = eventually(() => breaker.run(() => new Promise<void>((resolve) => (endProbe = resolve))));
    await eventually(async () => expect(endProbe).toBeDefined());
    await expect(breaker.run(succeed)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    endProbe?.();
    await probe;
    expect(await breaker.run(succeed)).toBe('answer');
  });
});
