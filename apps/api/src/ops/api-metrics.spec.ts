import { describe, expect, it } from '@jest/globals';
import { DEFAULT_POLICIES, type LinkSource } from '@smart-retry/domain';
import { createSmartRetry } from '@smart-retry/engine';
import { openMemory } from '@smart-retry/storage/memory';
import { ApiMetrics } from './api-metrics.js';

async function observed() {
  const engine = createSmartRetry({ stores: openMemory() });
  await engine.configuration.refresh();
  const metrics = new ApiMetrics();
  const probes = [
    { store: 'postgres', check: () => Promise.resolve() },
    { store: 'redis', check: () => Promise.reject(new Error('away')) },
  ];
  metrics.observe(engine, probes);
  const ask = (errorClass: string) =>
    metrics.countRecommendation(
      engine.recommender.recommend({ jobType: 'j', errorClass, attemptNumber: 1 }).recommendation,
    );
  return { engine, metrics, ask };
}

describe('ApiMetrics', () => {
  it('counts recommendations, policies and guardrails by their labels', async () => {
    const { metrics, ask } = await observed();
    ask('timeout');
    ask('timeout');
    ask('validation');
    const text = await metrics.registry.metrics();
    expect(text).toContain('smart_retry_recommendations_total{method="rules",decision="retry"} 2');
    expect(text).toContain('smart_retry_policy_matches_total{policy="service_unavailable"} 2');
    expect(text).toContain('smart_retry_guardrail_triggers_total{guardrail="validation"} 1');
    expect(await metrics.registry.metrics()).toContain('policy_matches_total{policy="service_unavailable"} 2');
  });

  it('counts refusals by their code', async () => {
    const { metrics } = await observed();
    metrics.countRefusal('RATE_LIMITED');
    metrics.countRefusal('RATE_LIMITED');
    metrics.countRefusal('BODY_TOO_LARGE');
    const text = await metrics.registry.metrics();
    expect(text.match(/^smart_retry_requests_refused_total.*/gm)).toEqual([
      'smart_retry_requests_refused_total{why="rate_limited"} 2',
      'smart_retry_requests_refused_total{why="body_too_large"} 1',
    ]);
  });

  it('names the process in one series', async () => {
    const { metrics } = await observed();
    metrics.nameReplica('smart-retry-7d9c-x2x4q');
    const text = await metrics.registry.metrics();
    expect(text.match(/^smart_retry_replica_info.*/gm)).toEqual([
      'smart_retry_replica_info{replica="smart-retry-7d9c-x2x4q"} 1',
    ]);
  });

  it('counts decisions by each of their reasons', async () => {
    const { metrics, ask } = await observed();
    ask('timeout');
    ask('timeout');
    ask('validation');
    const text = await metrics.registry.metrics();
    expect(text.match(/smart_retry_decision_reasons_total\{.*/g)?.sort()).toEqual([
      'smart_retry_decision_reasons_total{reason="bayesian_no_posterior"} 2',
      'smart_retry_decision_reasons_total{reason="budget_unknown"} 2',
      'smart_retry_decision_reasons_total{reason="ml_no_model"} 2',
      'smart_retry_decision_reasons_total{reason="policy_matched"} 2',
      'smart_retry_decision_reasons_total{reason="validation_stop"} 1',
    ]);
  });

  it('tells what has been learned, and whether the history has', async () => {
    const { engine, metrics } = await observed();
    const learned = async () =>
      [...(await metrics.registry.metrics()).matchAll(/^smart_retry_learning_(\w+) (\d+)$/gm)].map(
        ([, name, value]) => [name, Number(value)] as const,
      );
    expect(await learned()).toEqual([
      ['warm', 0],
      ['cells', 0],
      ['outcomes_total', 0],
      ['rebuilds_total', 0],
    ]);
    await engine.start();
    while (!engine.learning.isWarm) await new Promise((resolve) => setImmediate(resolve));
    const retry = { jobId: '1', jobType: 'j', attemptNumber: 2, errorClass: 'e', success: true, delayMs: 5 };
    await engine.attempts.record([{ ...retry, timestampMs: Date.now() }]);
    const { learning } = engine.configuration.current().strategy;
    await engine.configuration.replaceStrategy(
      (strategy) => ({ ...strategy, learning: { ...learning, mode: 'observe' } }),
      { actor: 'test' },
    );
    while (!engine.learning.isWarm) await new Promise((resolve) => setImmediate(resolve));
    expect(Object.fromEntries(await learned())).toMatchObject({ warm: 1, outcomes_total: 2, rebuilds_total: 1 });
    expect(engine.learning.stats.cells).toBeGreaterThan(0);
    await engine.close();
  });

  it('counts attempts, and the links of retries only', async () => {
    const { metrics } = await observed();
    const first = { jobId: '1', jobType: 'j', attemptNumber: 1, success: true, timestampMs: 0 };
    metrics.countAttempts(
      [first, { ...first, attemptNumber: 2 }, { ...first, success: false }],
      [
        { status: 'recorded', duplicate: false, link: null },
        { status: 'recorded', duplicate: false, link: { source: 'job', errorClass: 'e', failedAttemptNumber: 1 } },
        { status: 'recorded', duplicate: true, link: null },
      ],
    );
    const text = await metrics.registry.metrics();
    expect(text).toContain('smart_retry_attempts_total{status="recorded",result="success"} 2');
    expect(text).toContain('smart_retry_attempts_total{status="duplicate",result="failure"} 1');
    expect(text.match(/smart_retry_links_total\{.*/g)).toEqual(['smart_retry_links_total{source="job"} 1']);
  });

  it('counts the retries that a recommendation led to by how they ended', async () => {
    const { metrics } = await observed();
    const retry = { jobId: '1', jobType: 'j', attemptNumber: 2, success: true, timestampMs: 0 };
    const link = { errorClass: 'e', failedAttemptNumber: 1 };
    const linked = (source: LinkSource, recommendationId?: string) => ({
      status: 'recorded' as const,
      duplicate: false,
      link: { ...link, source, ...(recommendationId !== undefined && { recommendationId }) },
    });
    const recommended = [linked('recommendation', 'r'), linked('shape', 'r'), linked('job', 'r')];
    metrics.countAttempts([retry, retry, retry], recommended);
    metrics.countAttempts([{ ...retry, success: false }], recommended);
    // Controls: nobody asked before these, and a repeat is no second retry.
    metrics.countAttempts(
      [retry, retry, retry],
      [linked('job'), linked('self'), { ...linked('shape', 'r'), duplicate: true }],
    );
    const text = await metrics.registry.metrics();
    expect(text.match(/smart_retry_recommended_retries_total\{.*/g)).toEqual([
      'smart_retry_recommended_retries_total{result="success"} 3',
      'smart_retry_recommended_retries_total{result="failure"} 1',
    ]);
  });

  it('forgets the labels of policies that are gone', async () => {
    const { engine, metrics, ask } = await observed();
    ask('timeout');
    await metrics.registry.metrics();
    await engine.configuration.removePolicy('service_unavailable', { actor: 'test' });
    await metrics.registry.metrics();
    const text = await metrics.registry.metrics();
    expect(text).not.toContain('policy="service_unavailable"');
    expect(text).toContain(`smart_retry_policies ${DEFAULT_POLICIES.length - 1}`);
  });

  it('tells which store answers', async () => {
    const { metrics } = await observed();
    const text = await metrics.registry.metrics();
    expect(text).toContain('smart_retry_store_up{store="postgres"} 1');
    expect(text).toContain('smart_retry_store_up{store="redis"} 0');
  });
});
