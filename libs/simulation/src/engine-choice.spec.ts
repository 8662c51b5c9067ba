import { describe, expect, it } from '@jest/globals';
import { someRecommendation, T0 } from '@smart-retry/domain/testing';
import { choiceOf } from './engine-choice.js';

describe('choiceOf', () => {
  it('says how the job was treated, also for a worker that never asks again', () => {
    const treatments = (worker?: { readonly asksAgain: boolean }) =>
      [{}, { reasons: ['breaker_probe'] as const }, { decision: 'defer' as const }].map((changes) => {
        const choice = choiceOf(someRecommendation(changes), T0, worker);
        return choice.action === 'stop' ? null : choice.treatment;
      });
    expect(treatments()).toEqual(['as_planned', 'as_probe', 'put_off']);
    expect(treatments({ asksAgain: false })).toEqual(['as_planned', 'as_probe', 'put_off']);
  });
});
