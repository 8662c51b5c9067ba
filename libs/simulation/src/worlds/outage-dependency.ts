import type { Rng } from '@smart-retry/domain';
import { exponential } from '../random.js';
import { drawOutages, Outages } from './outages.js';
import { createRecoveryChance } from './recovery-curve.js';
import type { ScriptedDependency } from './scripted-world.js';
import type { ErrorLabel, KnownFailure } from '../world.js';
import type { Stream } from './traffic.js';

/** How the outages of one dependency go, relative to their mean length. */
export interface OutageShape {
  readonly meanLengthMs: number;
  readonly drawLengthMs: (rng: Rng) => number;
  /** Mean time up between two outages, in outage lengths. */
  readonly gapRatio: number;
  readonly failuresPerOutage: number;
  /** Failures by blips while up for each failure in an outage. */
  readonly blipRatio: number;
  readonly meanProcessingMs: number;
}

export interface OutageDependency {
  readonly dependency: ScriptedDependency;
  readonly stream: Omit<Stream, 'jobType' | 'dependency'>;
  /** For a first try that failed, by the law: for one who knows for how long it had been down by then, not when it is up again. */
  readonly trueSuccess: (failure: KnownFailure, delayMs: number) => number;
}

const MAX_BLIP_SHARE = 0.3;

/** A dependency that goes down again and again between `fromMs` and `toMs`; all calls during an outage fail. */
export function createOutageDependency(
  rng: Rng,
  label: ErrorLabel,
  shape: OutageShape,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): OutageDependency {
  const { meanLengthMs, drawLengthMs, failuresPerOutage } = shape;
  const meanGapMs = shape.gapRatio * meanLengthMs;
  const intervals = drawOutages(
    toMs,
    () => exponential(rng, meanGapMs),
    () => drawLengthMs(rng),
    fromMs,
  );
  const blipShare = Math.min(MAX_BLIP_SHARE, shape.blipRatio / shape.gapRatio);
  const outages = new Outages(intervals);
  const chance = createRecoveryChance({ meanGapMs, drawLengthMs, meanLengthMs, blipShare });
  return {
    dependency: {
      ...label,
      outages,
      blipShare: () => blipShare,
      meanProcessingMs: shape.meanProcessingMs,
    },
    stream: { fromMs, toMs, meanGapMs: meanLengthMs / failuresPerOutage },
    trueSuccess: ({ job: { arrivesAtMs }, atMs }, delayMs) => {
      const outage = outages.at(arrivesAtMs);
      return chance(outage === null ? null : arrivesAtMs - outage.fromMs, atMs - arrivesAtMs + delayMs);
    },
  };
}
