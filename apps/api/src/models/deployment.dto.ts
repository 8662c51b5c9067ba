import { MODEL_TYPES, type Deployment } from '@smart-retry/domain';
import type { ModelRefusal, ServingModels } from '@smart-retry/engine';
import { Type, type Static } from 'typebox';
import { named } from '../http/named.js';
import { NullableObject, NullableText, Timestamp } from '../http/wire-schemas.js';
import { formatTimestamp } from '../http/wire-time.js';

const NullableVersion = Type.Unsafe<string | null>({ type: ['string', 'null'] });
const Reason = Type.Optional(NullableText({ maxLength: 500, description: 'For the history.' }));

/** What training answered may be sent as it is: the version is looked up, all else about the model is the registry's. */
export const DeployBody = Type.Object(
  {
    model: Type.Object({
      version: Type.String({ minLength: 1, maxLength: 128 }),
      model_type: Type.Optional(
        Type.String({ enum: [...MODEL_TYPES, 'gradient_boost'], description: 'Compared with the registered one.' }),
      ),
    }),
    canary_percent: Type.Optional(
      Type.Number({ minimum: 0, maximum: 100, description: 'Share of the jobs, by hash of `job_id`. Default 100.' }),
    ),
    shadow: Type.Optional(Type.Boolean({ description: 'It is asked as well, and never answers.' })),
    force: Type.Optional(Type.Boolean({ description: 'Deploys a model without skill as well.' })),
    reason: Reason,
  },
  { additionalProperties: false },
);
export type DeployBody = Static<typeof DeployBody>;

/** Simple clients send none. */
export const RollbackBody = NullableObject({ reason: Reason });
export type RollbackBody = Static<typeof RollbackBody> | undefined;

const Serving = {
  champion: Type.Unsafe<string | null>({
    type: ['string', 'null'],
    description: 'Answers what the canary does not; null: the Bayesian layer.',
  }),
  canary: NullableVersion,
  canary_percent: Type.Unsafe<number | null>({ type: ['number', 'null'] }),
  shadow: NullableVersion,
};

export const DeploymentResponse = named(
  'Deployment',
  Type.Object({
    status: Type.String({ enum: ['deployed', 'shadowed', 'rolled_back'] }),
    revision: Type.Integer({ description: 'Grows by one with each move.' }),
    version: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'The model that was moved.' }),
    deployed_at: Timestamp,
    deployed_by: Type.String(),
    reason: Type.Unsafe<string | null>({ type: ['string', 'null'] }),
    ...Serving,
    previous_revision: Type.Unsafe<number | null>({
      type: ['integer', 'null'],
      description: 'To which a rollback returns; 0: before the first move; null: nothing is left to roll back.',
    }),
  }),
);
export type DeploymentResponse = Static<typeof DeploymentResponse>;

export const ServingResponse = named(
  'ServingModels',
  Type.Object(
    {
      revision: Type.Integer({ description: 'Of the move that is served here.' }),
      ...Serving,
      refused: Type.Unsafe<object | null>({
        type: ['object', 'null'],
        properties: { revision: { type: 'integer' }, version: { type: 'string' }, reason: { type: 'string' } },
        description: 'A newer move that is not served here, because one of its models does not load.',
      }),
    },
    { description: 'What this process serves.' },
  ),
);

export function fromDeployment(deployment: Deployment): DeploymentResponse {
  const { champion, canary, shadow } = deployment.rollout;
  return {
    status: deployment.action,
    revision: deployment.revision,
    version: deployment.version,
    deployed_at: formatTimestamp(deployment.atMs),
    deployed_by: deployment.actor,
    reason: deployment.reason,
    champion,
    canary: canary?.version ?? null,
    canary_percent: canary?.percent ?? null,
    shadow,
    previous_revision: deployment.previousRevision,
  };
}

export function fromServingModels(
  { revision, champion, canary, shadow }: ServingModels,
  refusal: ModelRefusal | null,
): Static<typeof ServingResponse> {
  return {
    revision,
    champion: champion?.description.version ?? null,
    canary: canary?.model.description.version ?? null,
    canary_percent: canary?.percent ?? null,
    shadow: shadow?.description.version ?? null,
    refused: refusal,
  };
}
