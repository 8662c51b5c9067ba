import { Histogram, type Registry } from 'prom-client';

const BUCKETS_S = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];
const LABELS = ['method', 'route', 'status'] as const;
const NAME = 'smart_retry_http_request_duration_seconds';

/** What is measured, in the words of prom-client. */
export const REQUEST_DURATIONS = {
  name: NAME,
  help: 'Time from the request line until the answer is handed over.',
  labelNames: LABELS,
  buckets: BUCKETS_S,
};

type Label = (typeof LABELS)[number];

/** What was observed under one combination of label values. */
export class DurationCell {
  /** One for each bucket, and one for what is beyond the last. */
  readonly counts = new Array<number>(BUCKETS_S.length + 1).fill(0);
  sumS = 0;

  constructor(readonly labels: Readonly<Record<Label, string>>) {}

  observe(seconds: number): void {
    let bucket = 0;
    while (bucket < BUCKETS_S.length && seconds > (BUCKETS_S[bucket] ?? 0)) bucket++;
    this.counts[bucket] = (this.counts[bucket] ?? 0) + 1;
    this.sumS += seconds;
  }
}

/**
 * How long requests took. Prometheus' own histogram joins and checks all labels at each observation; here they are
 * resolved beforehand, and an observation is two additions.
 */
export class RequestDurations extends Histogram<Label> {
  readonly #cells: DurationCell[] = [];

  constructor(registry: Registry) {
    super({ ...REQUEST_DURATIONS, registers: [registry] });
  }

  cell(labels: Readonly<Record<Label, string>>): DurationCell {
    const cell = new DurationCell(labels);
    this.#cells.push(cell);
    return cell;
  }

  /** What the registry renders; the types of prom-client do not name it. */
  getForPromString() {
    return Promise.resolve({
      name: NAME,
      help: REQUEST_DURATIONS.help,
      type: 'histogram',
      aggregator: 'sum',
      values: this.#cells.flatMap(samplesOf),
    });
  }
}

function samplesOf({ labels: sharedLabels, counts, sumS }: DurationCell) {
  const count = counts.reduce((sum, n) => sum + n, 0);
  if (count === 0) return [];
  let upTo = 0;
  return [
    ...BUCKETS_S.map((le, i) => ({
      metricName: `${NAME}_bucket`,
      labels: { le },
      sharedLabels,
      value: (upTo += counts[i] ?? 0),
    })),
    { metricName: `${NAME}_bucket`, labels: { le: '+Inf' }, sharedLabels, value: count },
    { metricName: `${NAME}_sum`, labels: {}, sharedLabels, value: sumS },
    { metricName: `${NAME}_count`, labels: {}, sharedLabels, value: count },
  ];
}
