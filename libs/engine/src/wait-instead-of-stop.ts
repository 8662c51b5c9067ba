import { learningModeOf, type Proposal, type Rng, type SuccessEstimate } from '@smart-retry/domain';
import type { Admission } from '@smart-retry/guardrails';
import type { LayerAnswers } from './ask-layers.js';
import { drawDelay } from './explore.js';
import type { FleetGate } from './fleet/fleet-gate.js';
import { passGate } from './pass-gate.js';
import { restrictProposal, type Restricted, type RestrictionContext } from './restrict-proposal.js';

export interface Awaited {
  readonly proposal: Proposal;
  readonly restricted: Restricted;
  readonly delayMs: number;
  readonly admission: Admission;
}

interface Later {
  readonly estimate: SuccessEstimate;
  /** Whether the layer that expects it is not sure enough to speak: the rules do, whose attempts are used up. */
  readonly isUnsure: boolean;
}

/**
 * While a dependency is left alone a retry is put off, which uses up no attempt, and what is held for hopeless is a retry while
 * it is down. So a job that is worth a retry once the dependency is back waits for that, and gets it then. Null where the stop
 * stands, as it does where time is up by then, and for a job without an id, which nobody would know again.
 */
export function waitInsteadOfStop(
  asked: Pick<LayerAnswers, 'proposal' | 'layers'>,
  context: RestrictionContext & { readonly rng: Rng },
  gate: FleetGate | undefined,
): Awaited | null {
  if (asked.proposal.action !== 'stop' || gate === undefined || context.features.jobId === undefined) return null;
  const later = laterOf(asked, context);
  if (later === null) return null;
  const { isLeftAlone } = gate;
  if (!isLeftAlone && !(later.isUnsure && gate.hasWaited)) return null;
  const proposal = waitingFor(later, asked.proposal);
  const restricted = restrictProposal(proposal, context);
  if (restricted.kind !== 'wait') return null;
  const delayMs = drawDelay(restricted.plan, context.rng);
  const patience = { letsOthersProbe: isLeftAlone, takesNoPlace: isLeftAlone };
  const admission = passGate(gate, delayMs, restricted, { ...context, ...patience });
  return admission === null || admission.kind === 'refused' ? null : { proposal, restricted, delayMs, admission };
}

function laterOf(
  { proposal, layers }: Pick<LayerAnswers, 'proposal' | 'layers'>,
  { features, strategy }: RestrictionContext,
): Later | null {
  if (proposal.onceBack !== undefined) return { estimate: proposal.onceBack, isUnsure: false };
  if (!proposal.reasons.includes('policy_attempts_exhausted')) return null;
  if (learningModeOf(strategy.learning, features.jobType) !== 'on') return null;
  const estimate = layers.find((answer) => answer.onceBack !== undefined)?.onceBack;
  return estimate === undefined ? null : { estimate, isUnsure: true };
}

function waitingFor({ estimate, isUnsure }: Later, stop: Proposal): Proposal {
  return {
    ...stop,
    ...(isUnsure && { layer: 'bayesian', confidence: 0 }),
    action: 'retry',
    estimate,
    rationale: `as things are ${stop.rationale}; but its dependency was left alone, and is worth a retry once it is back`,
    reasons: ['awaits_dependency', ...stop.reasons.filter((reason) => reason !== 'policy_attempts_exhausted')],
  };
}
