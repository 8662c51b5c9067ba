import type { GuardrailSettings } from '@smart-retry/domain';

type Stops = Pick<GuardrailSettings, 'emergencyStops'>;

/** Why jobs are stopped that were not before, as the stops themselves say; null where none does. */
export function reasonOfNewStops({ emergencyStops: before }: Stops, { emergencyStops: after }: Stops): string | null {
  const known = new Set(before.map(({ reason }) => reason));
  const reasons = new Set(
    after.map(({ reason = '' }) => reason).filter((reason) => reason !== '' && !known.has(reason)),
  );
  return reasons.size === 0 ? null : [...reasons].join('; ');
}
