import type { CanaryJudgement, CanaryJudgements, EpochMs } from '@smart-retry/domain';

/** What judges find out, for this process. */
export class MemoryCanaryJudgements implements CanaryJudgements {
  readonly #lookedAtMs = new Map<number, EpochMs>();
  readonly #judgements = new Map<number, CanaryJudgement>();

  async claimLook({ revision, atMs, intervalMs }: Parameters<CanaryJudgements['claimLook']>[0]): Promise<boolean> {
    const lookedAtMs = this.#lookedAtMs.get(revision);
    if (lookedAtMs !== undefined && lookedAtMs > atMs - intervalMs) return false;
    this.#lookedAtMs.set(revision, atMs);
    return true;
  }

  async note(judgement: CanaryJudgement): Promise<void> {
    this.#judgements.set(judgement.revision, judgement);
  }

  async latest(): Promise<CanaryJudgement | null> {
    const newest = Math.max(...this.#judgements.keys());
    return this.#judgements.get(newest) ?? null;
  }
}
