import type { ExplorationSettings } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { named } from '../http/named.js';
import { NullableObject } from '../http/wire-schemas.js';

const Share = (description: string) => Type.Optional(Type.Number({ minimum: 0, maximum: 1, description }));

/** How far learned layers may try what they do not know to be best, or a part of it. */
export const ExplorationPart = named(
  'Exploration',
  NullableObject(
    {
      enabled: Type.Optional(Type.Boolean({ description: 'Default true.' })),
      max_share: Share('Largest share of decisions drawn from what is believed. Default 0.2.'),
      anchor_share: Share('Share of decisions drawn uniformly. Default 0.02.'),
    },
    {
      description:
        '`max_share` and `anchor_share` are at most 1 together. Critical jobs are never explored. ' +
        "What a policy leaves out is the strategy's.",
    },
  ),
);

export function toExploration(body: NonNullable<Static<typeof ExplorationPart>>): Partial<ExplorationSettings> {
  return dropAbsent({ enabled: body.enabled, maxShare: body.max_share, anchorShare: body.anchor_share });
}

export function fromExploration({ enabled, maxShare, anchorShare }: Partial<ExplorationSettings>) {
  return dropAbsent({ enabled, max_share: maxShare, anchor_share: anchorShare });
}
