import type { PolicyTest } from '@smart-retry/engine';
import type { MatchableJob } from '@smart-retry/rules';
import { Type, type Static } from 'typebox';
import { dropAbsent } from '../http/drop-absent.js';
import { OptionalLabel, RequiredLabel } from '../http/wire-schemas.js';
import { optionalText } from '../http/wire-text.js';

/** A job to match against the policies. Unknown fields are ignored, so that a recommendation's body can be tested. */
export const PolicyTestBody = Type.Object({
  job_type: RequiredLabel,
  error_class: RequiredLabel,
  error_code: OptionalLabel,
  queue: OptionalLabel,
  tenant: OptionalLabel,
});

export const PolicyTestResponse = Type.Object({
  matched: Type.Unsafe<string | null>({ type: ['string', 'null'], description: 'null: the built-in fallback.' }),
  validation_stop: Type.Boolean({ description: 'Whether the policy forbids retries as a validation error.' }),
  evaluations: Type.Array(Type.Object({ policy: Type.String(), matches: Type.Boolean(), because: Type.String() }), {
    description: 'In the order in which policies are tried.',
  }),
});
export type PolicyTestBody = Static<typeof PolicyTestBody>;

export function toMatchableJob(body: PolicyTestBody): MatchableJob {
  return {
    jobType: body.job_type,
    errorClass: body.error_class,
    ...dropAbsent({
      errorCode: optionalText(body.error_code),
      queue: optionalText(body.queue),
      tenant: optionalText(body.tenant),
    }),
  };
}

export function fromPolicyTest(test: PolicyTest): Static<typeof PolicyTestResponse> {
  return {
    matched: test.matched,
    validation_stop: test.isValidationStop,
    evaluations: test.evaluations.map(({ policy, matches, because }) => ({ policy, matches, because })),
  };
}
