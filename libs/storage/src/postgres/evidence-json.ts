import type { Evidence } from '@smart-retry/domain';
import { toStorableJson } from './storable-json.js';

type Answer = Evidence['layers'][number];

/** What learned layers said: to many failures of one kind they say the same, and the plan to explore is most of a record. */
const said = new WeakMap<Answer, string>();

/** As `toStorableJson`; what was said before is not written out again. */
export function evidenceToJson({ layers, configurationRevision, fleet, shift, shiftDeviation }: Evidence): string {
  const others: Record<Exclude<keyof Evidence, 'layers'>, unknown> = {
    configurationRevision,
    fleet,
    shift,
    shiftDeviation,
  };
  let answers = '';
  for (const answer of layers) answers += `${answers === '' ? '' : ','}${answerToJson(answer)}`;
  return `{"layers":[${answers}],${toStorableJson(others).slice(1)}`;
}

function answerToJson(answer: Answer): string {
  if (answer.exploration === undefined) return toStorableJson(answer);
  let json = said.get(answer);
  if (json === undefined) {
    json = toStorableJson(answer);
    said.set(answer, json);
  }
  return json;
}
