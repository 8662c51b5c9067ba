import {
  NEW_BREAKER,
  type BreakerRecord,
  type EpochMs,
  type FleetLedger,
  type FleetMembership,
  type FleetNews,
  type FleetShare,
} from '@smart-retry/domain';
import type { RedisConnection } from './redis-connection.js';
import { RedisScript } from './redis-script.js';

const EXCHANGE = new RedisScript('exchange-fleet.lua');
const JOIN = new RedisScript('join-fleet.lua');
const USE = new RedisScript('use-dependencies.lua');
/** Longer than anything is booked ahead. */
const KEY_TTL_MS = 2 * 3_600_000;

/** All processes on one Redis compare notes; each dependency is one key, changed by one script. */
export class RedisFleetLedger implements FleetLedger {
  readonly #connection: RedisConnection;
  readonly #keyPrefix: string;

  constructor(connection: RedisConnection, keyPrefix: string) {
    this.#connection = connection;
    this.#keyPrefix = keyPrefix;
  }

  join(replica: string, goneAfterMs: number): Promise<FleetMembership> {
    return this.#connection.run(async (client) => {
      const parameters = [replica, goneAfterMs, KEY_TTL_MS];
      const answer = (await JOIN.run(client, `${this.#keyPrefix}fleet-replicas`, parameters)) as [
        number,
        number,
        string,
      ];
      const [replicas, rank, nowMs] = answer.map(Number) as [number, number, EpochMs];
      return { replicas, rank, nowMs };
    });
  }

  inUse(
    names: readonly string[],
    { quietMs, limit }: { readonly quietMs: number; readonly limit: number },
  ): Promise<readonly string[]> {
    return this.#connection.run(async (client) => {
      const parameters = [JSON.stringify(names), quietMs, limit, KEY_TTL_MS];
      return (await USE.run(client, `${this.#keyPrefix}fleet-dependencies`, parameters)) as string[];
    });
  }

  exchange(news: readonly FleetNews[]): Promise<readonly FleetShare[]> {
    return this.#connection.run((client) =>
      Promise.all(
        news.map(async (told) => {
          // In a cluster the tag keeps everything about one dependency on one node, and spreads dependencies over all.
          const key = `${this.#keyPrefix}${told.kind ?? 'fleet'}:{${told.dependency}}`;
          const answer = await EXCHANGE.run(client, key, [writeNews(told)]);
          return readShare(answer as [number, number, string[]]);
        }),
      ),
    );
  }
}

function writeNews({ added, forgetBelow, latest, breaker, wantedProbes, mostProbes }: FleetNews): string {
  return JSON.stringify({
    c: Object.fromEntries(added.calls),
    b: Object.fromEntries(added.bookings),
    s: Object.fromEntries(added.since),
    d: Object.fromEntries(added.demand),
    t: Object.fromEntries(added.shares),
    fc: forgetBelow.calls,
    fb: forgetBelow.bookings,
    fs: forgetBelow.since,
    fd: forgetBelow.demand,
    ft: forgetBelow.shares,
    l: latest,
    v: breaker.version,
    q: breaker.state,
    r: JSON.stringify(breaker),
    w: wantedProbes,
    m: mostProbes,
    k: KEY_TTL_MS,
  });
}

function readShare([granted, isNew, fields]: readonly [number, number, readonly string[]]): FleetShare {
  const noSums = () => new Map<number, number>();
  const sums = { c: noSums(), b: noSums(), s: noSums(), d: noSums(), t: noSums() };
  const latest: Record<string, EpochMs> = {};
  let breaker = NEW_BREAKER;
  for (let i = 0; i + 1 < fields.length; i += 2) {
    const [field = '', value = ''] = [fields[i], fields[i + 1]];
    const name = field.slice(1);
    const kind = field[0];
    if (kind === 'c' || kind === 'b' || kind === 's' || kind === 'd' || kind === 't')
      sums[kind].set(Number(name), Number(value));
    else if (kind === 'l') latest[name] = Number(value);
    else if (kind === 'r') breaker = JSON.parse(value) as BreakerRecord;
  }
  const { c: calls, b: bookings, s: since, d: demand, t: shares } = sums;
  return {
    sums: { calls, bookings, since, demand, shares },
    latest,
    breaker,
    probes: Number(granted),
    isNew: Number(isNew) === 1,
  };
}
