import { toAlternativeDocument, type Alternative } from '@smart-retry/domain';
import { Type, type Static } from 'typebox';

/** Actions that were considered and not taken. */
export const Alternatives = Type.Array(
  Type.Object({
    delay_ms: Type.Unsafe<number | null>({ type: ['integer', 'null'], description: 'null: stop.' }),
    estimated_success: Type.Number({
      minimum: 0,
      maximum: 1,
      description:
        "As was believed when it was not chosen; the answer's own is corrected besides by what came of earlier answers like it.",
    }),
    value: Type.Number({
      description: 'Expected worth: 1 for a success at once, less for a late one; to stop is worth 0.',
    }),
    why_not: Type.String(),
  }),
  { description: 'What else was considered; empty where rules or guardrails answer.' },
);

export function fromAlternatives(alternatives: readonly Alternative[]): Static<typeof Alternatives> {
  return alternatives.map(toAlternativeDocument);
}
