import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { createRng, uniformInteger, type Rng } from '@smart-retry/domain';
import type { Answer, Client } from '../../support/client.js';
import { untilPasses } from './until-passes.js';

const SINGLE_CLIENTS = 24;
const BATCH_CLIENTS = 8;
const MAX_BATCH = 40;
const PAUSE_AFTER_REFUSAL_MS = 20;
const WAIT_MS = 30_000;
const RESEND_BATCH = 1_000;

export interface Report {
  readonly job_id: string;
  readonly job_type: string;
  readonly attempt_number: number;
  readonly success: boolean;
  readonly error_class: string;
}

/** What workers know of their reports. */
export interface Reported {
  readonly acknowledged: readonly Report[];
  /** Refused, or without an answer: stored or not, nobody can tell. */
  readonly unanswered: readonly Report[];
  /** Every answer that was no acknowledgement. */
  readonly refusals: readonly Answer[];
}

/** Workers that report retries of `jobType`, one by one and in batches, each as fast as it is answered. */
export class Recording {
  readonly #acknowledged: Report[] = [];
  readonly #unanswered: Report[] = [];
  readonly #refusals: Answer[] = [];
  readonly #clients: readonly Promise<void>[];
  #isStopped = false;

  constructor(client: Client, jobType: string, seed: number) {
    this.#clients = Array.from({ length: SINGLE_CLIENTS + BATCH_CLIENTS }, (_, i) => {
      const worker = {
        jobType,
        name: `${seed}-${i}`,
        rng: createRng([seed, i, 0, 1]),
        isBatching: i >= SINGLE_CLIENTS,
      };
      return this.#run(client, worker);
    });
  }

  /** Resolves once so many reports are acknowledged. */
  async untilAcknowledged(count: number): Promise<void> {
    await this.#until(() => this.#acknowledged.length >= count);
  }

  /** Resolves once so many answers were refusals. */
  async untilRefused(count: number): Promise<void> {
    await this.#until(() => this.#refusals.length >= count);
  }

  /** Resolves when every worker has ended: by itself where the server is gone. */
  async stop(): Promise<Reported> {
    this.#isStopped = true;
    await Promise.all(this.#clients);
    return { acknowledged: this.#acknowledged, unanswered: this.#unanswered, refusals: this.#refusals };
  }

  async #until(condition: () => boolean): Promise<void> {
    try {
      await untilPasses(async () => expect(condition()).toBe(true), { deadlineMs: WAIT_MS });
    } catch {
      // Workers that nobody stops would go on after the test.
      const { acknowledged, refusals } = await this.stop();
      throw new Error(`${acknowledged.length} acknowledged, ${refusals.length} refused: ${refusals.at(-1)?.text}`);
    }
  }

  async #run(client: Client, { jobType, name, rng, isBatching }: Worker): Promise<void> {
    for (let sent = 0; !this.#isStopped;) {
      const size = isBatching ? uniformInteger(rng, 1, MAX_BATCH) : 1;
      const reports = Array.from({ length: size }, (): Report => {
        const success = rng() < 0.5;
        return { job_id: `${name}-${sent++}`, job_type: jobType, attempt_number: 2, success, error_class: 'timeout' };
      });
      const asked = isBatching
        ? client.post('/attempt/batch', { attempts: reports })
        : client.post('/attempt', reports[0]);
      const answer = await asked.catch(() => null);
      if (answer?.status === 200) {
        this.#acknowledged.push(...reports);
        continue;
      }
      this.#unanswered.push(...reports);
      if (answer === null) return;
      this.#refusals.push(answer);
      await sleep(PAUSE_AFTER_REFUSAL_MS);
    }
  }
}

interface Worker {
  readonly jobType: string;
  readonly name: string;
  readonly rng: Rng;
  readonly isBatching: boolean;
}

/** How many retries of the job type are stored; asks again while a store that has just come back answers with a 503. */
export async function countRetries(client: Client, jobType: string): Promise<number> {
  return untilPasses(async () => {
    const { status, body } = await client.get(`/stats?job_type=${jobType}`);
    expect(status).toBe(200);
    return Number(body['total_attempts']);
  });
}

/** Reports all of them again; answers which were there already. */
export async function resend(client: Client, reports: readonly Report[]): Promise<readonly boolean[]> {
  const duplicates: boolean[] = [];
  for (let from = 0; from < reports.length; from += RESEND_BATCH) {
    const attempts = reports.slice(from, from + RESEND_BATCH);
    const { status, body } = await client.post('/attempt/batch', { attempts });
    expect(status).toBe(200);
    const results = body['results'] as readonly { readonly status: string; readonly duplicate: boolean }[];
    expect(results.every((result) => result.status === 'recorded')).toBe(true);
    duplicates.push(...results.map((result) => result.duplicate));
  }
  return duplicates;
}

/** Whatever was acknowledged is there, once; whatever was not is there once after it is sent again. */
export async function expectEachOnce(client: Client, jobType: string, reported: Reported): Promise<void> {
  const { acknowledged, unanswered } = reported;
  const stored = await countRetries(client, jobType);
  expect((await resend(client, acknowledged)).filter((isDuplicate) => !isDuplicate)).toEqual([]);
  const storedUnanswered = (await resend(client, unanswered)).filter((isDuplicate) => isDuplicate).length;
  expect(stored).toBe(acknowledged.length + storedUnanswered);
  const all = [...acknowledged, ...unanswered];
  expect((await resend(client, all)).filter((isDuplicate) => !isDuplicate)).toEqual([]);
  expect(await countRetries(client, jobType)).toBe(all.length);
}
