import type { AttemptReport, Recommendation } from '@smart-retry/domain';
import {
  countBreakers,
  type Configuration,
  type Fleet,
  type RecordedAttempt,
  type SmartRetry,
} from '@smart-retry/engine';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import { observeModels } from './model-metrics.js';
import type { StoreProbe } from './store-probe.js';
import { Tally } from './tally.js';

const BATCH_SIZE_BUCKETS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];

/** What the service does, counted. Labels are bounded; none is an id. */
export class ApiMetrics {
  readonly registry = new Registry();
  readonly #recommendations = this.#tally('recommendations_total', 'Recommendations given.', ['method', 'decision']);
  readonly #policyMatches = this.#tally('policy_matches_total', 'Decisions bounded by a policy.', ['policy']);
  readonly #guardrails = this.#tally('guardrail_triggers_total', 'Guardrails that changed a decision.', ['guardrail']);
  readonly #reasons = this.#tally(
    'decision_reasons_total',
    'Decisions by each of their reasons: why learned layers were silent, what was tried to learn from it, ….',
    ['reason'],
  );
  readonly #attempts = this.#tally('attempts_total', 'Attempts reported.', ['status', 'result']);
  readonly #links = this.#tally('links_total', 'Retries by how their failure was found.', ['source']);
  readonly #recommendedRetries = this.#tally(
    'recommended_retries_total',
    'Recorded retries that a recommendation led to: how often its advice came true.',
    ['result'],
  );
  readonly #refusals = this.#tally(
    'requests_refused_total',
    'Requests answered with an error that is not a defect, by its code in lower case: rate_limited, overloaded, ….',
    ['why'],
  );
  readonly #batchSizes = new Histogram({
    name: 'smart_retry_attempt_batch_size',
    help: 'Attempts written by one statement.',
    buckets: BATCH_SIZE_BUCKETS,
    registers: [this.registry],
  });

  countRecommendation({ method, decision, policy, policyGuardrails, reasons }: Recommendation): void {
    this.#recommendations.add(`${method} ${decision}`, () => ({ method, decision }));
    if (policy !== null) this.#policyMatches.add(policy, () => ({ policy }));
    for (const guardrail of policyGuardrails) this.#guardrails.add(guardrail, () => ({ guardrail }));
    for (const reason of reasons) this.#reasons.add(reason, () => ({ reason }));
  }

  countAttempts(reports: readonly AttemptReport[], recorded: readonly RecordedAttempt[]): void {
    recorded.forEach((outcome, i) => {
      const report = reports[i];
      if (report === undefined) return;
      const status = outcome.duplicate ? 'duplicate' : outcome.status;
      const result = report.success ? 'success' : 'failure';
      this.#attempts.add(`${status} ${result}`, () => ({ status, result }));
      if (status !== 'recorded' || (outcome.link === null && report.attemptNumber === 1)) return;
      const source = outcome.link?.source ?? 'none';
      this.#links.add(source, () => ({ source }));
      if (isRecommended(outcome)) this.#recommendedRetries.add(result, () => ({ result }));
    });
  }

  /** @param code of docs/errors.md: there are as many series as codes */
  countRefusal(code: string): void {
    this.#refusals.add(code, () => ({ why: code.toLowerCase() }));
  }

  observeBatch(attempts: number): void {
    this.#batchSizes.observe(attempts);
  }

  /** Adds the gauges; they are read at each scrape. */
  observe(engine: SmartRetry, probes: readonly StoreProbe[]): void {
    const { configuration, audit, recent, learning, fleet } = engine;
    this.#gauge('configuration_revision', 'Revision in force.', () => configuration.current().revision);
    this.#gauge('configuration_stale', '1 while the store does not confirm the revision.', () =>
      Number(configuration.freshness !== 'confirmed'),
    );
    this.#gauge('audit_records_pending', 'Decisions not yet written.', () => audit.stats.pending);
    this.#total('audit_records_written_total', 'Decisions written.', () => audit.stats.written);
    this.#total('audit_records_dropped_total', 'Decisions that could not be kept.', () => audit.stats.dropped);
    this.#gauge('cache_entries', 'Recent recommendations remembered.', () => recent.stats.entries);
    this.#total('cache_hits_total', 'Outcomes whose failure memory knew.', () => recent.stats.hits);
    this.#total('cache_misses_total', 'Outcomes whose failure memory did not know.', () => recent.stats.misses);
    this.#gauge('learning_warm', '1 once the recorded history has been learned.', () => Number(learning.isWarm));
    this.#gauge('learning_cells', 'Cells of evidence held, about 1 KiB each.', () => learning.stats.cells);
    this.#total(
      'learning_outcomes_total',
      'Outcomes learned from, again after a rebuild.',
      () => learning.stats.outcomes,
    );
    this.#total('learning_rebuilds_total', 'Times that history was learned anew.', () => learning.stats.rebuilds);
    observeModels(this.registry, engine);
    this.#breakers(fleet.present);
    collectDefaultMetrics({ register: this.registry, prefix: 'smart_retry_' });
    this.#storesUp(probes);
    this.#forgetRemovedPolicies(configuration);
  }

  /** Adds the name under which `GET /guardrails` lists this process: the one label by which series and logs are joined. */
  nameReplica(replica: string): void {
    new Gauge({
      name: 'smart_retry_replica_info',
      help: 'Always 1; its label is the name of this process in GET /guardrails.',
      labelNames: ['replica'],
      registers: [this.registry],
    }).set({ replica }, 1);
  }

  #tally<L extends string>(name: string, help: string, labelNames: readonly L[]): Tally<L> {
    return new Tally({ name: `smart_retry_${name}`, help, labelNames, registry: this.registry });
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

  #breakers(fleet: Fleet): void {
    this.#gauge('breakers_held', 'Breakers that an operator holds open or closed.', () => fleet.overrides.length);
    new Gauge({
      name: 'smart_retry_dependencies',
      help: 'Dependencies heard of, by the state of their breaker when it was last asked.',
      labelNames: ['breaker'],
      registers: [this.registry],
      collect() {
        for (const [breaker, count] of Object.entries(countBreakers(fleet, Date.now()))) this.set({ breaker }, count);
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
    this.#gauge('policies', 'Policies in force.', () => {
      const names = new Set(configuration.current().strategy.policies.map((policy) => policy.name));
      this.#policyMatches.keepOnly(names);
      return names.size;
    });
  }
}

/** A failure of the same job may also have been found among the attempts, where nobody asked for advice. */
function isRecommended({ link }: RecordedAttempt): boolean {
  if (link?.source === 'job') return link.recommendationId !== undefined;
  return link?.source === 'recommendation' || link?.source === 'shape';
}
