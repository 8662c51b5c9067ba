import type { ModelMetrics } from '@smart-retry/domain';
import type { ModelContest, ModelServing } from '@smart-retry/engine';
import { Gauge, type Registry } from 'prom-client';

/** Measures of a model on rows that its training had not seen, by their names in `GET /ml/models`. */
const MEASURES = {
  accuracy: (metrics) => metrics.accuracy,
  f1: (metrics) => metrics.f1,
  precision: (metrics) => metrics.precision,
  recall: (metrics) => metrics.recall,
  auc: (metrics) => metrics.auc,
  log_loss: (metrics) => metrics.logLoss,
  brier: (metrics) => metrics.brier,
  ece: (metrics) => metrics.ece,
} as const satisfies Record<string, (metrics: ModelMetrics) => number>;

interface ObservedModels {
  readonly models: Pick<ModelServing, 'current' | 'refusal'>;
  readonly contest: Pick<ModelContest, 'standingOf'>;
}

/**
 * Adds gauges of the models that this process serves, labelled by their place and not by their version: versions only ever
 * get more. Read at each scrape; a place that is empty has no values.
 */
export function observeModels(registry: Registry, { models, contest }: ObservedModels): void {
  const gauge = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    collect: (set: (labels: Readonly<Record<L, string>>, value: number) => void) => void,
  ) =>
    new Gauge({
      name: `smart_retry_model_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset();
        collect((labels, value) => this.set(labels, value));
      },
    });
  const served = () => {
    const { champion, canary, shadow } = models.current();
    return Object.entries({ champion, canary: canary?.model ?? null, shadow }).flatMap(([place, model]) =>
      model === null ? [] : [{ place, description: model.description }],
    );
  };

  gauge('deployment_revision', 'Move of the models that is served.', [], (set) => set({}, models.current().revision));
  gauge('refused', '1 while a newer move is not served because a model does not load.', [], (set) =>
    set({}, Number(models.refusal !== null)),
  );
  gauge('quality', 'Measures of a served model on rows that its training had not seen.', ['place', 'measure'], (set) => {
    for (const { place, description } of served()) {
      for (const [measure, read] of Object.entries(MEASURES)) set({ place, measure }, read(description.metrics));
    }
  });
  gauge('forecasts', 'Outcomes that say who foretold them better; the last 700 or so of a kind.', ['place'], (set) => {
    for (const { place, description } of served()) set({ place }, contest.standingOf(description.version).outcomes);
  });
  gauge('advantage_nats', "Mean log-loss of the Bayesian layer less the model's over these.", ['place'], (set) => {
    for (const { place, description } of served()) set({ place }, contest.standingOf(description.version).advantage);
  });
}
