import type { AttemptReport, Recommendation } from '@smart-retry/domain';
import type { Configuration, RecordedAttempt, SmartRetry } from '@smart-retry/engine';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { StoreProbe } from './store-probe.js';

const BATCH_SIZE_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

/** What the service does, counted. Labels are bounded; none is an id. */
export class ApiMetrics {
  readonly registry = new Registry();
  readonly #recommendations = this.#counter('recommendations_total', 'Recommendations given.', ['method', 'decision']);
  readonly #policyMatches = this.#counter('policy_matches_total', 'Decisions bounded by a policy.', ['policy']);
  readonly #guardrails = this.#counter('guardrail_triggers_total', 'Guardrails that changed a decision.', [
    'guardrail',
  ]);
  readonly #attempts = this.#counter('attempts_total', 'Attempts reported.', ['status', 'result']);
  readonly #links = this.#counter('links_total', 'Retries by how their failure was found.', ['source']);
  readonly #batchSizes = new Histogram({
    name: 'smart_retry_attempt_batch_size',
    help: 'Attempts written by one statement.',
    buckets: BATCH_SIZE_BUCKETS,
    registers: [this.registry],
  });

  readonly #labelledPolicies = new Set<string>();

  countRecommendation({ method, decision, policy, policyGuardrails }: Recommendation): void {
    this.#recommendations.inc({ method, decision });
    if (policy !== null) {
      this.#labelledPolicies.add(policy);
      this.#policyMatches.inc({ policy });
    }
    for (const guardrail of policyGuardrails) this.#guardrails.inc({ guardrail });
  }

  countAttempts(reports: readonly AttemptReport[], recorded: readonly RecordedAttempt[]): void {
    recorded.forEach(({ status, duplicate, link }, i) => {
      const report = reports[i];
      if (report === undefined) return;
      this.#attempts.inc({
        status: duplicate ? 'duplicate' : status,
        result: report.success ? 'success' : 'failure',
      });
      if (status === 'recorded' && !duplicate && (link !== null || report.attemptNumber > 1)) {
        this.#links.inc({ source: link?.source ?? 'none' });
      }
    });
  }

  observeBatch(attempts: number): void {
    this.#batchSizes.observe(attempts);
  }

  /** Adds the gauges; they are read at each scrape. */
  observe({ configuration, audit, recent }: SmartRetry, probes: readonly StoreProbe[]): void {
    this.#gauge('configuration_revision', 'Revision in force.', () => configuration.current().revision);
    this.#gauge('configuration_stale', '1 while the store does not confirm the revision.', () =>
      Number(configuration.isStale),
    );
    this.#gauge('audit_records_pending', 'Decisions not yet written.', () => audit.stats.pending);
    this.#total('audit_records_written_total', 'Decisions written.', () => audit.stats.written);
    this.#total('audit_records_dropped_total', 'Decisions that could not be kept.', () => audit.stats.dropped);
    this.#gauge('cache_entries', 'Recent recommendations remembered.', () => recent.stats.entries);
    this.#total('cache_hits_total', 'Outcomes linked from memory.', () => recent.stats.hits);
    this.#total('cache_misses_total', 'Outcomes that memory did not know.', () => recent.stats.misses);
    this.#storesUp(probes);
    this.#forgetRemovedPolicies(configuration);
  }

  #counter<T extends string>(name: string, help: string, labelNames: readonly T[]): Counter<T> {
    return new Counter({ name: `smart_retry_${name}`, help, labelNames, registers: [this.registry] });
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `smart_retry_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.set(read());
      },
    });
  }

  #total(name: string, help: string, read: () => number): void {
    new Counter({
      name: `smart_retry_${name}`,
      help,
      registers: [this.registry],
      collect() {
        this.reset();
        this.inc(read());
      },
    });
  }

  #storesUp(probes: readonly StoreProbe[]): void {
    new Gauge({
      name: 'smart_retry_store_up',
      help: '1 while a store answers.',
      labelNames: ['store'],
      registers: [this.registry],
      async collect() {
        await Promise.all(
          probes.map(async ({ store, check }) => {
            const isUp = await check().then(
              () => true,
              () => false,
            );
            this.set({ store }, Number(isUp));
          }),
        );
      },
    });
  }

  /** Policies come and go: without this their labels would only ever grow. */
  #forgetRemovedPolicies(configuration: Configuration): void {
    const matches = this.#policyMatches;
    const labelled = this.#labelledPolicies;
    this.#gauge('policies', 'Policies in force.', () => {
      const names = new Set(configuration.current().strategy.policies.map((policy) => policy.name));
      for (const policy of labelled) {
        if (names.has(policy)) continue;
        matches.remove({ policy });
        labelled.delete(policy);
      }
      return names.size;
    });
  }
}
