import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { REASON_CODES, type GuardrailName } from './recommendation.js';

/** The compiler refuses this when a guardrail is missing. */
const GUARDRAILS = {
  max_attempts: true,
  max_delay: true,
  min_delay: true,
  emergency_stop: true,
  disabled: true,
  deadline: true,
  validation: true,
  explainability: true,
  breaker: true,
  budget: true,
  tenant_limit: true,
} satisfies Record<GuardrailName, true>;

describe('docs/glossary.md', () => {
  const text = readFileSync(new URL('../../../docs/glossary.md', import.meta.url), 'utf8');
  const namesUnder = (heading: string) => {
    const section = text.split(/^## /m).find((part) => part.startsWith(heading)) ?? '';
    return [...section.matchAll(/^\| `(\w+)` *\| .+ \|$/gm)].map(([, name]) => name ?? '').sort();
  };

  it('explains every reason code, once, and no other', () => {
    expect(namesUnder('Reason codes')).toEqual([...REASON_CODES].sort());
  });

  it('explains every guardrail, once, and no other', () => {
    expect(namesUnder('Guardrails')).toEqual(Object.keys(GUARDRAILS).sort());
  });
});
