import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ArmTotals, AttemptStore, DecisionRecord, DecisionStore, TrialHistory } from '@smart-retry/domain';
import { appendDecisions, exampleAttempt, exampleDecision, unique } from './examples.js';
import type { Open, Opened } from './opened.js';

interface Stores {
  readonly decisions: DecisionStore;
  readonly attempts: AttemptStore;
  readonly trials: TrialHistory;
}

const OBJECTIVE = { valueHalfLifeMs: 1_000_000, attemptCost: 0.1 };
const START_MS = Date.UTC(2026, 1, 3, 10);

export function describeTrialHistory(name: string, open: Open<Stores>): void {
  describe(`${name} trial history`, () => {
    let stores: Opened<Stores>;
    let nextWindowMs = START_MS;
    beforeAll(async () => {
      stores = await open();
    });
    afterAll(() => stores.close());

    interface Made {
      readonly arm?: string;
      readonly jobId?: string;
      readonly tenant?: string;
      readonly atMs: number;
      readonly isStop?: boolean;
      readonly hasFailed?: boolean;
    }

    const decide = async ({
      arm,
      jobId,
      tenant,
      atMs,
      isStop = false,
      hasFailed = false,
    }: Made): Promise<DecisionRecord> => {
      const decision = exampleDecision(
        { ...(jobId !== undefined && { jobId }), ...(tenant !== undefined && { tenant }) },
        { shouldRetry: !isStop },
        { decidedAtMs: atMs },
      );
      const trial = arm === undefined ? {} : { trial: { arm, forecasts: [] } };
      const reason = hasFailed ? 'ml_failed' : 'ml_unsure';
      const layers = [{ kind: 'abstention', layer: 'ml', reason, ...trial } as const];
      const record = { ...decision, evidence: { ...decision.evidence, layers } };
      await appendDecisions(stores.decisions, [record]);
      return record;
    };
    const report = ({ recommendationId }: DecisionRecord, success: boolean, timestampMs: number) =>
      stores.attempts.record([
        exampleAttempt({ success, timestampMs, jobId: unique('j') }, { link: { recommendationId } }),
      ]);
    /** A day of its own for each test. */
    const newWindow = () => (nextWindowMs += 86_400_000);
    const armsFrom = (fromMs: number, maxDecisions = 1_000): Promise<readonly ArmTotals[]> =>
      stores.trials.arms({ fromMs, toMs: fromMs + 3_600_000, objective: OBJECTIVE, maxDecisions });

    it('sums the arms up by whole jobs, with what the objective says that they are worth', async () => {
      const atMs = newWindow();
      const first = await decide({ arm: 'v1', jobId: 'a', atMs });
      await report(first, false, atMs + 500_000);
      const second = await decide({ arm: 'v1', jobId: 'a', atMs: atMs + 500_000 });
      await report(second, true, atMs + 1_000_000);
      await decide({ arm: 'v1', jobId: 'b', atMs, isStop: true, hasFailed: true });
      const alone = await decide({ arm: 'bayesian', atMs });
      await report(alone, true, atMs);
      const [ofBayesian, ofModel] = await armsFrom(atMs);
      const utility = 0.5 * 0.9 - 0.1 * 2 ** -0.5;
      expect(ofModel).toEqual({
        arm: 'v1',
        made: 3,
        errors: 1,
        jobs: 2,
        decisions: 3,
        attempts: 2,
        successes: 1,
        utility: expect.closeTo(utility, 9),
        utilitySquares: expect.closeTo(utility ** 2, 9),
        utilityDecisions: expect.closeTo(2 * utility, 9),
        decisionSquares: 5,
        meanTimeMs: 500_000,
      });
      expect(ofBayesian).toMatchObject({
        arm: 'bayesian',
        made: 1,
        errors: 0,
        jobs: 1,
        utility: expect.closeTo(0.9, 9),
      });
    });

    it('counts what nobody has reported yet as made, and as nothing else', async () => {
      const atMs = newWindow();
      await decide({ arm: 'v1', jobId: 'open', atMs });
      expect(await armsFrom(atMs)).toMatchObject([{ made: 1, jobs: 0, decisions: 0, utility: 0, meanTimeMs: 0 }]);
    });

    it('keeps jobs of different tenants and arms apart', async () => {
      const atMs = newWindow();
      for (const [arm, tenant] of [
        ['v1', 'x'],
        ['v1', 'y'],
        ['v2', 'x'],
      ] as const) {
        await report(await decide({ arm, tenant, jobId: 'same', atMs }), true, atMs);
      }
      expect((await armsFrom(atMs)).map(({ arm, jobs }) => [arm, jobs])).toEqual([
        ['v1', 2],
        ['v2', 1],
      ]);
    });

    it('leaves out decisions of other times and those of no arm, and of too many takes the newest', async () => {
      const atMs = newWindow();
      await decide({ arm: 'v1', atMs: atMs - 1 });
      await decide({ arm: 'v1', atMs: atMs + 3_600_000 });
      await decide({ atMs });
      expect(await armsFrom(atMs)).toEqual([]);
      await decide({ arm: 'old', atMs: atMs + 1 });
      await decide({ arm: 'new', atMs: atMs + 2 });
      expect((await armsFrom(atMs, 1)).map(({ arm }) => arm)).toEqual(['new']);
    });
  });
}
