import type { Alternative, Evidence } from '@smart-retry/domain';
import { toStorableJson } from './storable-json.js';

type Answer = Evidence['layers'][number];

/** In place of alternatives that the recommendation beside the evidence holds. */
export const ALTERNATIVES_AS_TOLD = 'as_told';

/** What layers say to many failures of one kind is one object, frozen, and most of a record. */
const said = new WeakMap<Answer, string>();
/** … without alternatives that are told. */
const saidAsTold = new WeakMap<Answer, string>();

/**
 * As `toStorableJson`; what was said before is not written out again.
 *
 * @param told The alternatives of the recommendation: where a layer gave these very ones, they are written there alone.
 */
export function evidenceToJson(evidence: Evidence, told: readonly Alternative[]): string {
  const { layers, configurationRevision, fleet, shift, shiftDeviation, oddsPrecision } = evidence;
  const others: Record<Exclude<keyof Evidence, 'layers'>, unknown> = {
    configurationRevision,
    fleet,
    shift,
    shiftDeviation,
    oddsPrecision,
  };
  let answers = '';
  for (const answer of layers) answers += `${answers === '' ? '' : ','}${answerToJson(answer, told)}`;
  return `{"layers":[${answers}],${toStorableJson(others).slice(1)}`;
}

function answerToJson(answer: Answer, told: readonly Alternative[]): string {
  const areTold = answer.kind === 'proposal' && answer.alternatives === told && told.length > 0;
  const texts = areTold ? saidAsTold : said;
  const known = texts.get(answer);
  if (known !== undefined) return known;
  const json = toStorableJson(areTold ? { ...answer, alternatives: ALTERNATIVES_AS_TOLD } : answer);
  if (Object.isFrozen(answer)) texts.set(answer, json);
  return json;
}
