import { hashText } from '@smart-retry/ml';

/** Tenants are told apart by so many groups, so that any number of them takes bounded memory. */
export const TENANT_GROUPS = 256;
/** The group of jobs that name no tenant. */
export const NO_TENANT = 0;

export function tenantGroupOf(tenant: string | undefined): number {
  return tenant === undefined ? NO_TENANT : 1 + (hashText(tenant) % (TENANT_GROUPS - 1));
}
