import { formatGoDuration, type Objective } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import { readDurationMs } from '../http/wire-duration.js';
import { NullableObject, OptionalDuration } from '../http/wire-schemas.js';

/** What a retry is worth, or a part of it. */
export const ObjectivePart = named(
  'Objective',
  NullableObject(
    {
      value_half_life: OptionalDuration,
      attempt_cost: Type.Optional(
        Type.Number({
          minimum: 0,
          maximum: 1,
          description: 'Cost of one retry as a share of the worth of an immediate success. Default 0.03.',
        }),
      ),
    },
    {
      description:
        '`value_half_life`: after this long a success is worth half; 1 ms to 31 days, default "30m". ' +
        "What a policy leaves out is the strategy's.",
    },
  ),
);

/** @throws {INVALID_DURATION} naming the field below `prefix`. */
export function toObjective(body: NonNullable<Static<typeof ObjectivePart>>, prefix: string): Partial<Objective> {
  return dropAbsent({
    valueHalfLifeMs: readDurationMs(`${prefix}value_half_life`, body.value_half_life),
    attemptCost: body.attempt_cost,
  });
}

export function fromObjective({ valueHalfLifeMs, attemptCost }: Partial<Objective>) {
  return dropAbsent({
    value_half_life: valueHalfLifeMs === undefined ? undefined : formatGoDuration(valueHalfLifeMs),
    attempt_cost: attemptCost,
  });
}
