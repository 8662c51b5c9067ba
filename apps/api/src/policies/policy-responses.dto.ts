import { Type } from 'typebox';
import { PolicyBody } from './policy.dto.js';

export const PolicyListResponse = Type.Object({ policies: Type.Array(PolicyBody) });
export const PolicyChangedResponse = Type.Object({ status: Type.String(), policy: PolicyBody });
export const PolicyRemovedResponse = Type.Object({ status: Type.String() });
export const PolicyParams = Type.Object({ name: Type.String() });
export interface PolicyParams {
  readonly name: string;
}
