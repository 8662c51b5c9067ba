import { describe, expect, it } from '@jest/globals';
import {
  describeApiKeyStore,
  describeAttemptStore,
  describeCanaryJudgements,
  describeChangeLedger,
  describeConfigurationChannel,
  describeConfigurationMirror,
  describeConfigurationStore,
  describeDecisionStore,
  describeFailureCounters,
  describeFailureLookup,
  describeModelRegistry,
  describeFleetLedger,
  describeOutcomeHistory,
  describeReplicaRegistry,
  describeSigningKeyStore,
  describeStatistics,
  describeSubjectArchive,
  describeTrialHistory,
  describeTrainingJobs,
} from '../contract/index.js';
import {
  NOON_MS,
  appendDecisions,
  exampleAttempt,
  exampleCounts,
  exampleDecision,
  unique,
} from '../contract/examples.js';
import { MemoryConfigurationMirror } from './memory-configuration-mirror.js';
import { MemoryFleetLedger } from './memory-fleet-ledger.js';
import { MemoryFailureCounters } from './memory-failure-counters.js';
import { MemoryReplicaRegistry } from './memory-replica-registry.js';
import { openMemory } from './open-memory.js';

const open = async () => ({ ...openMemory(), close: async () => undefined });

describeChangeLedger('memory', open);
describeConfigurationStore('memory', open);
describeSigningKeyStore('memory', open);
describeApiKeyStore('memory', open);
describeAttemptStore('memory', open);
describeStatistics('memory', open);
describeFailureLookup('memory', open);
describeSubjectArchive('memory', open);
describeDecisionStore('memory', open);
describeOutcomeHistory('memory', open);
describeModelRegistry('memory', open);
describeTrialHistory('memory', open);
describeCanaryJudgements('memory', open);
describeFailureCounters('memory', open);
describeConfigurationChannel('memory', open);
describeTrainingJobs('memory', open);
const withClock = async () => ({
  mirror: new MemoryConfigurationMirror(Date.now),
  replicas: new MemoryReplicaRegistry(Date.now),
  close: async () => undefined,
});
describeConfigurationMirror('memory', withClock);
describeReplicaRegistry('memory', withClock);
describeFleetLedger('memory', async () => ({
  fleetLedger: new MemoryFleetLedger(Date.now),
  close: async () => undefined,
}));

describe('memory stores', () => {
  it('hold the newest attempts, counts and decisions up to their bound', async () => {
    const { attempts, decisions } = openMemory({ maxRecords: 3 });
    const tenant = unique('tenant');
    const recorded = Array.from({ length: 5 }, () => exampleAttempt({ tenant }));
    await attempts.record(recorded);
    await attempts.recordCounts(Array.from({ length: 5 }, () => exampleCounts({ tenant, succeeded: 1, failed: 0 })));
    const [totals] = await attempts.statistics({ filter: { tenant }, fromMs: 0, toMs: 2 * NOON_MS });
    expect(totals).toMatchObject({ recordedRetries: 3, firstTriesSucceeded: 3 });
    expect(await attempts.record([...recorded].reverse())).toEqual(
      [true, true, true, false, false].map((duplicate) => ({ duplicate })),
    );

    const made = Array.from({ length: 5 }, () => exampleDecision({ tenant, jobId: 'job' }));
    await appendDecisions(decisions, made);
    expect((await decisions.page({ limit: 10 })).records).toHaveLength(3);
    const [found] = await attempts.findFailures([
      { tenant, jobType: 'email_send', jobId: 'job', attemptNumber: 1, sinceMs: 0 },
    ]);
    expect(found?.recommendedForJob.map((candidate) => candidate.recommendationId).sort()).toEqual(
      made
        .slice(2)
        .map((record) => record.recommendationId)
        .sort(),
    );
  });

  it('forget the failure counters that were touched longest ago', async () => {
    const counters = new MemoryFailureCounters({ maxKeys: 2 });
    for (const key of ['a', 'b', 'a', 'c']) await counters.add(new Map([[key, 1]]), NOON_MS);
    const keys = new Map([
      ['a', 0],
      ['b', 0],
      ['c', 0],
    ]);
    expect(Object.fromEntries(await counters.add(keys, NOON_MS))).toEqual({ a: 2, b: 0, c: 1 });
  });
});
