import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  taughtOutcomeOf,
  type AttemptRecord,
  type AttemptStore,
  type OutcomeHistory,
  type OutcomePage,
  type TaughtOutcome,
} from '@smart-retry/domain';
import { someReport, T0 } from '@smart-retry/domain/testing';
import { OutcomeFeed } from './outcome-feed.js';

/** An outcome is known by its delay. */
const attempt = (delayMs: number): AttemptRecord => ({
  report: someReport({ jobId: `job-${delayMs}` }),
  link: { source: 'self', errorClass: 'timeout', failedAttemptNumber: 1, delayMs },
  isRetry: true,
  sampleRate: 1,
  recordedAtMs: T0,
  aggregationIntervalMs: 1_000,
});

/** What processes share: an attempt is there once `record` has stored it, acknowledged or not. */
class FakeStore implements Pick<AttemptStore, 'record'>, Pick<OutcomeHistory, 'outcomesAfter'> {
  readonly rows: OutcomePage['outcomes'][number][] = [];
  readonly #known = new Set<string>();
  asked = 0;
  beforeAcknowledgement: () => Promise<void> = () => Promise.resolve();
  beforePage: () => Promise<void> = () => Promise.resolve();

  async record(attempts: readonly AttemptRecord[], writeId?: number) {
    const results = attempts.map(({ report }) => ({ duplicate: this.#known.has(report.jobId) }));
    attempts.forEach((record, i) => {
      this.#known.add(record.report.jobId);
      const outcome = taughtOutcomeOf(record);
      if (results[i]?.duplicate === false && outcome !== null) {
        this.rows.push({ outcome, ...(writeId !== undefined && { writeId }) });
      }
    });
    await this.beforeAcknowledgement();
    return results;
  }

  async outcomesAfter(cursor: string | null, { limit }: { readonly limit: number }): Promise<OutcomePage> {
    this.asked++;
    const from = Number(cursor ?? 0);
    const outcomes = this.rows.slice(from, from + limit);
    const end = from + outcomes.length;
    const isComplete = end === this.rows.length;
    await this.beforePage();
    return { outcomes, cursor: String(end), isComplete };
  }
}

const open = (store = new FakeStore(), pageOutcomes = 3) => {
  let learned: number[] = [];
  const errors: unknown[] = [];
  let word = 0;
  const learner = {
    forget: () => {
      learned = [];
    },
    settle: () => undefined,
    learn: (outcomes: readonly TaughtOutcome[]) => void learned.push(...outcomes.map(({ delayMs }) => delayMs)),
  };
  const feed = new OutcomeFeed({
    history: { ...store, outcomesAfter: (...page) => store.outcomesAfter(...page), reportedOutcomes: async () => [] },
    attempts: store,
    learner,
    sinceMs: () => 0,
    pollIntervalMs: 60_000,
    pageOutcomes,
    randomWord: () => word++,
    onError: (error) => errors.push(error),
  });
  return { store, feed, learner, errors, learned: () => learned.toSorted((a, b) => a - b) };
};

describe('OutcomeFeed', () => {
  it('learns the past page by page, is warm when it is done, and answers others between the pages', async () => {
    const { store, feed, learned } = open();
    await store.record(Array.from({ length: 8 }, (_, i) => attempt(i)));
    let turns = 0;
    const turn = () => {
      turns++;
      if (!feed.isWarm) setImmediate(turn);
    };
    setImmediate(turn);
    expect(feed.isWarm).toBe(false);
    await feed.catchUp();
    expect(learned()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(feed.isWarm).toBe(true);
    expect(store.asked).toBe(3);
    expect(turns).toBeGreaterThanOrEqual(2);
  });

  it('learns at once what it records, and what others record with the next poll', async () => {
    const { store, feed, learned } = open();
    await feed.catchUp();
    await feed.record([attempt(1)]);
    await store.record([attempt(2)]);
    expect(learned()).toEqual([1]);
    await feed.catchUp();
    expect(learned()).toEqual([1, 2]);
  });

  it('learns what it recorded once, although the history tells it as well', async () => {
    const { store, feed, learned } = open();
    await feed.record([attempt(1), attempt(2)]);
    await feed.record([attempt(3)]);
    for (let poll = 0; poll < 3; poll++) await feed.catchUp();
    expect(learned()).toEqual([1, 2, 3]);
    // Another process, which did not record them, learns the same rows from the history.
    const other = open(store);
    await other.feed.catchUp();
    expect(other.learned()).toEqual([1, 2, 3]);
  });

  it('learns once what the history tells before the acknowledgement arrives', async () => {
    const { store, feed, learned } = open(new FakeStore(), 1);
    store.beforeAcknowledgement = () => feed.catchUp();
    await feed.record([attempt(1), attempt(2)]);
    await feed.catchUp();
    expect(learned()).toEqual([1, 2]);
  });

  it('learns from the history what was stored without an acknowledgement', async () => {
    const { store, feed, learned } = open();
    store.beforeAcknowledgement = () => Promise.reject(new Error('connection lost'));
    await expect(feed.record([attempt(1)])).rejects.toThrow('connection lost');
    expect(learned()).toEqual([]);
    await feed.catchUp();
    expect(learned()).toEqual([1]);
  });

  it('learns nothing from a duplicate', async () => {
    const { feed, learned } = open();
    await feed.record([attempt(1)]);
    expect(await feed.record([attempt(1)])).toEqual([{ duplicate: true }]);
    await feed.catchUp();
    expect(learned()).toEqual([1]);
  });

  it('goes on where it was after a page that failed, and says so', async () => {
    const { store, feed, learned, errors } = open();
    await store.record(Array.from({ length: 5 }, (_, i) => attempt(i)));
    const failure = new Error('store away');
    store.beforePage = () => (store.asked === 2 ? Promise.reject(failure) : Promise.resolve());
    await feed.catchUp();
    expect([learned(), errors, feed.isWarm]).toEqual([[0, 1, 2], [failure], false]);
    await feed.catchUp();
    expect([learned(), feed.isWarm]).toEqual([[0, 1, 2, 3, 4], true]);
  });

  it('records and goes on although the learner fails', async () => {
    const { store, feed, learner, learned, errors } = open();
    await store.record([attempt(1)]);
    const { learn } = learner;
    learner.learn = () => {
      throw new Error('defect');
    };
    await feed.catchUp();
    expect(await feed.record([attempt(2)])).toEqual([{ duplicate: false }]);
    expect(errors).toHaveLength(2);
    learner.learn = learn;
    await feed.record([attempt(3)]);
    expect(learned()).toEqual([3]);
  });

  it('forgets and learns everything anew when it is rebuilt, a page under way included', async () => {
    const { store, feed, learned } = open();
    await feed.record([attempt(1)]);
    await store.record(Array.from({ length: 5 }, (_, i) => attempt(10 + i)));
    store.beforePage = () => {
      if (store.asked === 2) feed.rebuild();
      return Promise.resolve();
    };
    await feed.catchUp();
    expect(learned()).toEqual([1, 10, 11, 12, 13, 14]);
    expect(feed.isWarm).toBe(true);
  });

  it('asks no more once it is stopped', async () => {
    const { store, feed } = open();
    feed.stop();
    await feed.catchUp();
    expect(store.asked).toBe(0);
  });

  it('learns each outcome exactly once, whatever is recorded, lost, polled and rebuilt in which order', async () => {
    const step = fc.record({
      what: fc.constantFrom('record', 'lose', 'recordElsewhere', 'catchUp', 'rebuild'),
      size: fc.integer({ min: 1, max: 4 }),
      during: fc.constantFrom('nothing', 'catchUp', 'rebuild'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15 }), fc.integer({ min: 1, max: 4 }), async (steps, pageSize) => {
        const { store, feed, learned } = open(new FakeStore(), pageSize);
        let next = 0;
        for (const { what, size, during } of steps) {
          const attempts = Array.from({ length: size }, () => attempt(next++));
          store.beforeAcknowledgement = async () => {
            if (during === 'rebuild') feed.rebuild();
            if (during !== 'nothing') await feed.catchUp();
            if (what === 'lose') throw new Error('connection lost');
          };
          if (what === 'record') await feed.record(attempts);
          else if (what === 'lose') await expect(feed.record(attempts)).rejects.toThrow();
          else if (what === 'recordElsewhere') await store.record(attempts);
          else if (what === 'catchUp') await feed.catchUp();
          else feed.rebuild();
        }
        // A rebuild reads on in the background, one page in each turn.
        for (let turn = 0; turn < 100; turn++) {
          await feed.catchUp();
          await new Promise((resolve) => setImmediate(resolve));
        }
        expect(learned()).toEqual(store.rows.map(({ outcome }) => outcome.delayMs).sort((a, b) => a - b));
      }),
    );
  });
});
