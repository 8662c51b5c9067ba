import { describe, expect, it } from '@jest/globals';
import type { Deployment, Rollout } from '@smart-retry/domain';
import fc from 'fast-check';
import { deployMove, rollbackMove, shadowMove, type MoveHistory } from './rollout-moves.js';

const NOTE = { actor: 'operator', atMs: 1_000, reason: null };

/** Makes moves one after the other, as the registry would keep them. */
function ledger() {
  const moves: Deployment[] = [];
  const history = (): MoveHistory => {
    const current = moves.at(-1) ?? null;
    return { current, previous: moves[(current?.previousRevision ?? 0) - 1] ?? null };
  };
  const add = (move: Deployment): Rollout => {
    moves.push(move);
    return move.rollout;
  };
  return {
    moves,
    deploy: (version: string, percent: number) => add(deployMove(history(), { version, percent }, NOTE)),
    shadow: (version: string | null) => add(shadowMove(history(), version, NOTE)),
    rollBack: () => add(rollbackMove(history(), NOTE)),
  };
}

const rollout = (champion: string | null, canary: Rollout['canary'] = null, shadow: string | null = null): Rollout => ({
  champion,
  canary,
  shadow,
});

describe('moves', () => {
  it('make a canary beside what serves, and a champion at 100 percent', () => {
    const { deploy } = ledger();
    expect(deploy('a', 10)).toEqual(rollout(null, { version: 'a', percent: 10 }));
    expect(deploy('a', 100)).toEqual(rollout('a'));
    expect(deploy('b', 0)).toEqual(rollout('a', { version: 'b', percent: 0 }));
  });

  it('return step by step to exactly what served before, at last to the Bayesian layer, and then refuse', () => {
    const { deploy, rollBack } = ledger();
    deploy('a', 100);
    deploy('b', 100);
    deploy('c', 25);
    expect(rollBack()).toEqual(rollout('b'));
    expect(rollBack()).toEqual(rollout('a'));
    expect(rollBack()).toEqual(rollout(null));
    expect(rollBack).toThrow(expect.objectContaining({ code: 'NOTHING_TO_ROLL_BACK' }));
    deploy('d', 100);
    expect(rollBack()).toEqual(rollout(null));
    expect(rollBack).toThrow(expect.objectContaining({ code: 'NOTHING_TO_ROLL_BACK' }));
  });

  it('have nothing to roll back before the first one, nor when only a shadow is there', () => {
    const { shadow, rollBack } = ledger();
    expect(rollBack).toThrow('no model serves');
    shadow('s');
    expect(rollBack).toThrow('no model serves');
  });

  it('take a ramp of one version back as a whole', () => {
    const { deploy, rollBack } = ledger();
    deploy('a', 100);
    for (const percent of [1, 10, 50, 100]) deploy('b', percent);
    expect(rollBack()).toEqual(rollout('a'));
  });

  it('give the rest of a champion that is made smaller to what served before it', () => {
    const { deploy } = ledger();
    deploy('a', 100);
    deploy('b', 100);
    expect(deploy('b', 10)).toEqual(rollout('a', { version: 'b', percent: 10 }));
  });

  it('leave a shadow where it is, whoever serves, and end it when it serves itself', () => {
    const { deploy, shadow, rollBack, moves } = ledger();
    deploy('a', 100);
    expect(shadow('s')).toEqual(rollout('a', null, 's'));
    deploy('b', 10);
    expect(rollBack()).toEqual(rollout('a', null, 's'));
    expect(deploy('s', 10)).toEqual(rollout('a', { version: 's', percent: 10 }));
    expect(moves.map(({ action }) => action)).toEqual(['deployed', 'shadowed', 'deployed', 'rolled_back', 'deployed']);
  });

  it('undo any sequence of deployments with as many rollbacks as there were changes of version', () => {
    const step = fc.record({ version: fc.constantFrom('a', 'b', 'c'), percent: fc.integer({ min: 0, max: 100 }) });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        const { deploy, rollBack, moves } = ledger();
        for (const { version, percent } of steps) deploy(version, percent);
        let rollbacks = 0;
        while (moves.at(-1)?.previousRevision !== null) {
          rollBack();
          rollbacks++;
        }
        expect(rollbacks).toBeLessThanOrEqual(steps.length);
        expect(moves.at(-1)?.rollout).toEqual(rollout(null));
      }),
    );
  });

  it('never go back in time', () => {
    const { current } = { current: deployMove({ current: null, previous: null }, { version: 'a', percent: 5 }, NOTE) };
    expect(shadowMove({ current, previous: null }, 's', { ...NOTE, atMs: 1 }).atMs).toBe(NOTE.atMs);
  });
});
