import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { NOON_MS, unique } from '../contract/examples.js';
import { eventually } from '../testing/eventually.js';
import { TcpGate } from '../testing/tcp-gate.js';
import { openRedis, type RedisStores } from './open-redis.js';
import { parseRedisAddress } from './redis-options.js';
import { PATIENT, testRedisAddress } from './testing/open-test-redis.js';

const UNAVAILABLE = { code: 'STORE_UNAVAILABLE', retryAfterMs: 1_000 };

describe('while Redis is away', () => {
  const keyPrefix = `${unique('test-outage')}-${process.pid}:`;
  const states: string[] = [];
  let gate: TcpGate;
  let stores: RedisStores;

  beforeAll(async () => {
    gate = new TcpGate(parseRedisAddress(testRedisAddress()));
    await gate.open();
    await gate.refuse();
    stores = await openRedis({
      addr: `127.0.0.1:${gate.port}`,
      keyPrefix,
      commandTimeoutMs: 1_000,
      onConnectionChange: (state) => states.push(state),
    });
  });

  afterAll(async () => {
    await stores.close();
    await gate.refuse();
  });

  const add = async (key: string, increment: number) =>
    (await stores.failureCounters.add(new Map([[key, increment]]), NOON_MS)).get(key);

  it('opens, says so on every command, and works once the server is there', async () => {
    await expect(stores.check()).rejects.toMatchObject(UNAVAILABLE);
    await expect(add('a', 1)).rejects.toMatchObject(UNAVAILABLE);
    await expect(stores.channel.publish(1)).rejects.toMatchObject(UNAVAILABLE);
    await gate.open();
    await eventually(() => stores.check());
    expect(await add(unique('a'), 1)).toBe(1);
  });

  it('hears of changes again after a connection broke, whenever it subscribed', async () => {
    await gate.refuse();
    const heard = new Promise<number>((resolve) => void stores.channel.subscribe(resolve));
    await gate.open();
    const other = await openRedis({ addr: testRedisAddress(), keyPrefix, ...PATIENT });
    const publishing = setInterval(() => void other.channel.publish(7), 50);
    expect(await heard).toBe(7);
    clearInterval(publishing);
    await other.close();
  });

  it('does not do later what it has given up', async () => {
    const key = unique('silent');
    await eventually(() => add(key, 1));
    gate.silence();
    await expect(add(key, 10)).rejects.toMatchObject(UNAVAILABLE);
    await gate.open();
    await eventually(() => stores.check());
    expect(await add(key, 0)).toBe(1);
  });

  it('tells of each loss and each return once', () => {
    expect(states.filter((state, i) => state === states[i - 1])).toEqual([]);
    expect(states[0]).toBe('connected');
  });

  it('loads its script again after the server has forgotten it', async () => {
    const admin = new Redis(parseRedisAddress(testRedisAddress()));
    const key = unique('script');
    await eventually(() => add(key, 1));
    await admin.script('FLUSH');
    expect(await add(key, 1)).toBe(2);
    await admin.quit();
  });

  it('lets keys expire that nobody touches', async () => {
    const admin = new Redis(parseRedisAddress(testRedisAddress()));
    const key = unique('ttl');
    await eventually(() => add(key, 1));
    expect(await admin.pttl(`${keyPrefix}failures:{${key}}`)).toBeGreaterThan(300_000);
    await admin.quit();
  });

  it('shares counters between processes', async () => {
    const other = await openRedis({ addr: testRedisAddress(), keyPrefix, ...PATIENT });
    const key = unique('shared');
    await eventually(() => add(key, 1));
    expect((await other.failureCounters.add(new Map([[key, 2]]), NOON_MS)).get(key)).toBe(3);
    await other.close();
  });
});
