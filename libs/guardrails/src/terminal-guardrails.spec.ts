import { describe, expect, it } from '@jest/globals';
import { DEFAULT_STRATEGY, type GuardrailSettings } from '@smart-retry/domain';
import { someFeatures, somePolicy, T0 } from '@smart-retry/domain/testing';
import { findTerminalStops, type TerminalContext } from './terminal-guardrails.js';

const guardrailsHit = (context: Partial<TerminalContext> = {}, settings: Partial<GuardrailSettings> = {}) =>
  findTerminalStops({
    features: someFeatures(),
    guardrails: { ...DEFAULT_STRATEGY.guardrails, ...settings },
    isEnabled: true,
    validationPolicy: null,
    nowMs: T0,
    ...context,
  }).map((stop) => stop.guardrail);

describe('findTerminalStops', () => {
  it('lets an ordinary failure pass', () => {
    expect(guardrailsHit()).toEqual([]);
  });

  it.each<[string, Partial<TerminalContext>, Partial<GuardrailSettings>]>([
    ['emergency_stop', {}, { emergencyStop: true }],
    ['disabled', { isEnabled: false }, {}],
    ['max_attempts', { features: someFeatures({ attemptNumber: 10 }) }, {}],
    ['deadline', { features: someFeatures({ deadlineAtMs: T0 }) }, {}],
    ['validation', { validationPolicy: somePolicy({ stopOnValidation: true }) }, {}],
  ])('names %s', (name, context, settings) => {
    expect(guardrailsHit(context, settings)).toEqual([name]);
  });

  it.each([
    [undefined, 'HttpError is a validation error'],
    ['400', 'HttpError (400) is a validation error'],
  ])('says what was taken for a validation error, code %s', (errorCode, said) => {
    const features = someFeatures({ errorClass: 'HttpError', errorCode });
    const { guardrails } = DEFAULT_STRATEGY;
    const validationPolicy = somePolicy({ stopOnValidation: true });
    const [stop] = findTerminalStops({ features, guardrails, isEnabled: true, validationPolicy, nowMs: T0 });
    expect(stop?.because).toContain(said);
  });

  it('names all that apply, the emergency stop first', () => {
    expect(guardrailsHit({ isEnabled: false }, { emergencyStop: true })).toEqual(['emergency_stop', 'disabled']);
  });

  it('stops by scope only the jobs that match every field of it', () => {
    const settings = { emergencyStops: [{ tenant: 'acme', queue: 'bulk' }, { jobType: 'erp_sync' }] };
    const hit = (features: Parameters<typeof someFeatures>[0]) =>
      guardrailsHit({ features: someFeatures(features) }, settings).length === 1;
    expect(hit({ tenant: 'acme', queue: 'bulk' })).toBe(true);
    expect(hit({ tenant: 'acme', queue: 'fast' })).toBe(false);
    expect(hit({ tenant: 'acme' })).toBe(false);
    expect(hit({ jobType: 'erp_sync', tenant: 'globex' })).toBe(true);
  });
});
