import { toAlternativeDocument, type Alternative } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';

/** Actions that were considered and not taken. @param chances how their chances of success are shown */
const alternativesOf = (chances: string) =>
  Type.Array(
    Type.Object({
      delay_ms: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'null: stop.' }),
      estimated_success: Type.Number({ minimum: 0, maximum: 1, description: chances }),
      value: Type.Number({
        description: 'Expected worth, as it decided: 1 for a success at once, less for a late one; to stop is worth 0.',
      }),
      why_not: Type.String(),
    }),
    { description: 'What else was considered; empty where rules or guardrails answer.' },
  );

/** … beside the answer. */
export const Alternatives = alternativesOf(
  "Corrected as the answer's own is, by what came of earlier answers like it, so that the two compare.",
);

/** … as a layer gave them. */
export const AlternativesOfLayer = alternativesOf('As the layer believed.');

export function fromAlternatives(alternatives: readonly Alternative[]): Static<typeof Alternatives> {
  return alternatives.map(toAlternativeDocument);
}
