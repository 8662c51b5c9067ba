import type { Rng } from '@smart-retry/domain';
import { exponential, logUniform, pick } from '../random.js';
import type { Job } from '../world.js';

/** A Poisson stream of jobs of one type that call one dependency, over `[fromMs, toMs)`. */
export interface Stream {
  readonly jobType: string;
  readonly dependency: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly meanGapMs: number;
}

const QUEUES = ['default', 'bulk'] as const;
const TENANTS = ['acme', 'globex', 'initech', 'umbrella', 'hooli'] as const;
const PAYLOAD_BYTES = [200, 20_000] as const;

/** The jobs of all streams in order of arrival; `prefix` keeps their ids apart from other worlds'. */
export function createJobs(rng: Rng, prefix: string, streams: readonly Stream[]): readonly Job[] {
  return streams
    .flatMap((stream) => arrivalsOf(rng, stream).map((arrivesAtMs) => ({ stream, arrivesAtMs })))
    .sort((a, b) => a.arrivesAtMs - b.arrivesAtMs)
    .map(({ stream: { jobType, dependency }, arrivesAtMs }, index) => ({
      index,
      id: `${prefix}-${index}`,
      jobType,
      dependency,
      queue: pick(rng, QUEUES),
      tenant: pick(rng, TENANTS),
      payloadBytes: Math.round(logUniform(rng, ...PAYLOAD_BYTES)),
      arrivesAtMs,
    }));
}

function arrivalsOf(rng: Rng, { fromMs, toMs, meanGapMs }: Stream): readonly number[] {
  const arrivals: number[] = [];
  for (let atMs = fromMs + exponential(rng, meanGapMs); atMs < toMs; atMs += exponential(rng, meanGapMs)) {
    arrivals.push(atMs);
  }
  return arrivals;
}
