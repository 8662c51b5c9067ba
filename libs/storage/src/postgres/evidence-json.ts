import type { Evidence } from '@smart-retry/domain';
import { toStorableJson } from './storable-json.js';

type Answer = Evidence['layers'][number];

/** What layers say to many failures of one kind is one object, frozen, and most of a record. */
const said = new WeakMap<Answer, string>();

/** As `toStorableJson`; what was said before is not written out again. */
export function evidenceToJson(evidence: Evidence): string {
  const { layers, configurationRevision, fleet, shift, shiftDeviation, oddsPrecision } = evidence;
  const others: Record<Exclude<keyof Evidence, 'layers'>, unknown> = {
    configurationRevision,
    fleet,
    shift,
    shiftDeviation,
    oddsPrecision,
  };
  let answers = '';
  for (const answer of layers) answers += `${answers === '' ? '' : ','}${answerToJson(answer)}`;
  return `{"layers":[${answers}],${toStorableJson(others).slice(1)}`;
}

function answerToJson(answer: Answer): string {
  if (!Object.isFrozen(answer)) return toStorableJson(answer);
  let json = said.get(answer);
  if (json === undefined) {
    json = toStorableJson(answer);
    said.set(answer, json);
  }
  return json;
}
