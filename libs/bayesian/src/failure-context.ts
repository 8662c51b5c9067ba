/** What of a failure decides which evidence it shares. */
export interface FailureContext {
  readonly jobType: string;
  readonly errorClass: string;
  readonly errorCode?: string | undefined;
  readonly tenant?: string | undefined;
  /** The attempt that failed, from 1. */
  readonly attemptNumber: number;
  /** How long the dependency had been failing, without a success between; absent when not known. */
  readonly incidentAgeMs?: number | undefined;
}

/** Attempts 1, 2, 3 and all later ones are learned apart: who fails for the third time is a harder case. */
export const ATTEMPT_GROUPS = 4;

/** The group of the attempt that failed, 0–3. */
export function attemptGroupOf(attemptNumber: number): number {
  return Math.min(attemptNumber, ATTEMPT_GROUPS) - 1;
}

/** Lengths before texts: labels that contain separators stay apart. */
function part(text: string): string {
  return `${text.length}:${text}`;
}

/** The key under which (job type, error class) is counted, whatever the code and the attempt. */
export function familyKeyOf({ jobType, errorClass }: Pick<FailureContext, 'jobType' | 'errorClass'>): string {
  return part(errorClass) + part(jobType);
}

/** The key of all that is the same for failures of one kind, at any attempt, age of the incident and tenant. */
export function subjectKeyOf(context: FailureContext): string {
  const { errorCode } = context;
  return errorCode === undefined ? familyKeyOf(context) : `${familyKeyOf(context)}c${part(errorCode)}`;
}

/** The keys of the cells that hold a subject's evidence, from the most general to the most specific: class, job type, code. */
export function subjectPathOf(context: FailureContext): readonly string[] {
  const family = familyKeyOf(context);
  const path = [part(context.errorClass), family];
  if (context.errorCode !== undefined) path.push(subjectKeyOf(context));
  return path;
}

/** The key of the cell for one age group of the incident. */
export function ageKeyOf(subjectKey: string, ageGroup: number): string {
  return `${subjectKey}a${ageGroup}`;
}

/** The key of the cell for one attempt group. */
export function attemptKeyOf(subjectKey: string, attemptGroup: number): string {
  return `${subjectKey}n${attemptGroup}`;
}

/** The key of the cell for one age group of the incident and one attempt group. */
export function stateKeyOf(subjectKey: string, ageGroup: number, attemptGroup: number): string {
  return `${subjectKey}a${ageGroup}n${attemptGroup}`;
}

/** The key of the cell of one tenant. */
export function tenantKeyOf(stateKey: string, tenant: string): string {
  return `${stateKey}t${part(tenant)}`;
}
