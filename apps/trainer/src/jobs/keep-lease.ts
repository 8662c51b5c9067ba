import type { Clock, TrainingJobs } from '@smart-retry/domain';
import type { Queue } from './open-queue.js';

const JOBS_KEPT_MS = 90 * 86_400_000;

export interface LeaseOptions {
  readonly trainer: string;
  readonly jobs: TrainingJobs;
  readonly queue: Queue;
  readonly leaseMs: number;
  readonly clock: Clock;
}

/**
 * One heartbeat: says that this trainer lives, takes back what those had that are silent for longer than the lease, and
 * makes sure that whatever waits is in the queue. Each step can be repeated, by several trainers at once.
 *
 * @throws {STORE_UNAVAILABLE}
 */
export async function keepLease({ trainer, jobs, queue, leaseMs, clock }: LeaseOptions): Promise<void> {
  const nowMs = clock();
  await jobs.announce({ id: trainer, workerIds: queue.workerIds() }, nowMs);
  const lost = (await jobs.lostTrainers(nowMs - leaseMs)).filter(({ id }) => id !== trainer);
  if (lost.length > 0) {
    await queue.release(lost.flatMap(({ workerIds }) => workerIds));
    await jobs.takeBack(
      lost.map(({ id }) => id),
      nowMs,
    );
  }
  await queue.enqueueForgotten();
  await jobs.dropBefore(nowMs - JOBS_KEPT_MS);
}
