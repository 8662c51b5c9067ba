import {
  learnedUntilMs,
  learningModeOf,
  type EpochMs,
  type LearningMode,
  type LearningSettings,
} from '@smart-retry/domain';
import {
  curveOf,
  FIRST_LOOK,
  type BayesianMemory,
  type Beliefs,
  type DelayCurve,
  type FailureContext,
} from '@smart-retry/bayesian';

export interface CurveQuestion extends Pick<FailureContext, 'jobType' | 'errorClass' | 'errorCode'> {
  /** One failure of this kind; absent for all of them, whatever their attempt, incident and tenant. */
  readonly failure?: Pick<FailureContext, 'attemptNumber' | 'incidentAgeMs' | 'tenant'>;
}

/** `last`: as decisions see it, from the last look at the evidence. `again`: looks at it now. */
export type Look = 'last' | 'again';

/** What has been learned of a kind of failure. */
export interface LearnedCurve {
  /** Outcomes of this job type and error class learned so far; never decayed. */
  readonly samples: number;
  /** Outcomes that it takes before anything is said. */
  readonly requiredSamples: number;
  readonly mode: LearningMode;
  /** What was known then keeps speaking; null where the job type is not pinned. */
  readonly pinnedAtMs: EpochMs | null;
  /** Null while there are fewer samples than required. */
  readonly latest: {
    /** When the evidence was last looked at; where the job type is pinned, the instant of the pin. */
    readonly atMs: EpochMs;
    /** Samples there were then. */
    readonly samples: number;
    readonly curve: DelayCurve;
  } | null;
}

/** What the memory holds about a kind of failure. */
export function learnedCurveOf(
  memory: BayesianMemory,
  { failure, ...kind }: CurveQuestion,
  look: Look,
  { learning, nowMs }: { readonly learning: LearningSettings; readonly nowMs: EpochMs },
): LearnedCurve {
  const context = { attemptNumber: 1, ...kind, ...failure };
  const pinnedAtMs = learnedUntilMs(learning, kind.jobType);
  const atMs = Math.min(nowMs, pinnedAtMs);
  const beliefs = look === 'again' ? memory.refresh(context, atMs) : memory.beliefsOf(context, atMs);
  return {
    samples: memory.countOf(kind),
    requiredSamples: FIRST_LOOK,
    mode: learningModeOf(learning, kind.jobType),
    pinnedAtMs: Number.isFinite(pinnedAtMs) ? pinnedAtMs : null,
    latest: beliefs === null ? null : latestOf(beliefs, failure === undefined ? undefined : context),
  };
}

function latestOf(beliefs: Beliefs, failure: FailureContext | undefined) {
  return { atMs: beliefs.atMs, samples: beliefs.familyCount, curve: curveOf(beliefs, failure) };
}
