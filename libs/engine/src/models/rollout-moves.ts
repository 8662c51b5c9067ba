import { NOTHING_DEPLOYED, SmartRetryError, type Deployment, type EpochMs, type Rollout } from '@smart-retry/domain';

/** Who moves models, when and why. */
export interface MoveNote {
  readonly actor: string;
  readonly atMs: EpochMs;
  readonly reason: string | null;
}

/** The newest move, and the one whose rollout a rollback would return to; null where there is none. */
export interface MoveHistory {
  readonly current: Deployment | null;
  readonly previous: Deployment | null;
}

/**
 * Gives a version a share of the jobs: 100 makes it the champion, less makes it the canary beside what serves. Another
 * share for the version that was moved last is the same deployment: the rest goes on getting what served before it.
 *
 * @param share.percent 0–100
 */
export function deployMove(
  { current, previous }: MoveHistory,
  share: { readonly version: string; readonly percent: number },
  note: MoveNote,
): Deployment {
  const { version, percent } = share;
  const inForce = rolloutOf(current);
  const isSameDeployment = inForce.canary === null ? inForce.champion === version : inForce.canary.version === version;
  const beside = isSameDeployment ? rolloutOf(previous) : inForce;
  return nextMove(current, note, {
    action: 'deployed',
    version,
    previousRevision: isSameDeployment ? (current?.previousRevision ?? null) : (current?.revision ?? 0),
    rollout: {
      champion: percent === 100 ? version : beside.champion,
      canary: percent === 100 ? null : { version, percent },
      shadow: inForce.shadow === version ? null : inForce.shadow,
    },
  });
}

/** Lets a version answer in the shadow, or none; what serves, and what a rollback returns to, stays as it is. */
export function shadowMove({ current }: MoveHistory, version: string | null, note: MoveNote): Deployment {
  return nextMove(current, note, {
    action: 'shadowed',
    version,
    previousRevision: current?.previousRevision ?? null,
    rollout: { ...rolloutOf(current), shadow: version },
  });
}

/** Returns to exactly what served before the version that was moved last came in. @throws {NOTHING_TO_ROLL_BACK} */
export function rollbackMove({ current, previous }: MoveHistory, note: MoveNote): Deployment {
  if (current === null || current.previousRevision === null) {
    throw new SmartRetryError('NOTHING_TO_ROLL_BACK', 'no model serves that could be taken back');
  }
  const { champion, canary } = rolloutOf(previous);
  return nextMove(current, note, {
    action: 'rolled_back',
    version: current.rollout.canary?.version ?? current.rollout.champion,
    previousRevision: previous?.previousRevision ?? null,
    rollout: { champion, canary, shadow: current.rollout.shadow },
  });
}

function rolloutOf(deployment: Deployment | null): Rollout {
  return deployment?.rollout ?? NOTHING_DEPLOYED;
}

function nextMove(
  current: Deployment | null,
  { actor, atMs, reason }: MoveNote,
  move: Pick<Deployment, 'action' | 'version' | 'previousRevision' | 'rollout'>,
): Deployment {
  // Clocks differ between replicas; moves do not go back in time.
  return { ...move, revision: (current?.revision ?? 0) + 1, atMs: Math.max(atMs, current?.atMs ?? 0), actor, reason };
}
