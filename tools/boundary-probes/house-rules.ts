// as: libs/domain/src/__probe__.ts, libs/rules/src/__probe__.ts, libs/bayesian/src/__probe__.ts, libs/guardrails/src/__probe__.ts, libs/engine/src/__probe__.ts, libs/ml/src/__probe__.ts, libs/training/src/__probe__.ts, libs/storage/src/__probe__.ts, apps/api/src/__probe__.ts
import './testing/builders.js'; // expect: no-restricted-imports
import './contract/suite.js'; // expect: no-restricted-imports
import { type Rng } from './rng.js';
import { Clock } from './clock.js'; // expect: @typescript-eslint/consistent-type-imports

export type Draws = (rng: Rng, clock: Clock) => void;
export * from './errors.js'; // expect: no-restricted-syntax
export * as errors from './errors.js'; // expect: no-restricted-syntax
export default 1; // expect: no-restricted-syntax
export { Shape } from './shape.js';

export class RetryManager {} // expect: @typescript-eslint/naming-convention
export interface IClock {} // expect: @typescript-eslint/naming-convention, @typescript-eslint/no-empty-object-type
export class Recommender {}

export function parse(text: any) { // expect: @typescript-eslint/no-explicit-any
  return text as unknown as Recommender; // expect: no-restricted-syntax
}
export function describe(text: unknown) {
  return text instanceof Recommender;
}

export function setStopped(stopped: boolean) { // expect: no-restricted-syntax
  return stopped;
}
export class Gate {
  open(wide: boolean) { // expect: no-restricted-syntax
    return wide;
  }
}
export function openGate({ wide }: { wide: boolean }) {
  return wide;
}

// @ts-expect-error because it hides what is wrong // expect: @typescript-eslint/ban-ts-comment
export const count: number = 'one';

export async function load(): Promise<number> {
  return 1;
}
export function start() {
  load(); // expect: @typescript-eslint/no-floating-promises
  void load();
}
export async function loadOrZero() {
  try {
    return load(); // expect: @typescript-eslint/return-await
  } catch {
    return 0;
  }
}
export async function loadOrOne() {
  try {
    return await load();
  } catch {
    return 1;
  }
}

export function fail(reason: unknown) {
  throw reason;
}
export function refuse() {
  throw 'no'; // expect: @typescript-eslint/only-throw-error
}
export function explode() {
  throw new Error('yes');
}

type Action = 'retry' | 'stop';
export function describeAction(action: Action): string {
  switch (action) { // expect: @typescript-eslint/switch-exhaustiveness-check
    case 'retry':
      return 'again';
    default:
      return 'never';
  }
}
export function nameAction(action: Action): string {
  switch (action) {
    case 'retry':
      return 'again';
    case 'stop':
      return 'never';
  }
}

export const same = (a: unknown, b: unknown) => a == b; // expect: eqeqeq
export const isAbsent = (a: unknown) => a == null;
export const ids = /^(?:-?[0-9a-f]{4,}){2,}\b/; // expect: regexp/no-super-linear-backtracking
export const ends = /\d+$/; // expect: regexp/no-super-linear-move
export const word = /^\w+$/;
const unused = 1; // expect: @typescript-eslint/no-unused-vars
type Hidden = Action;
export { Hidden }; // expect: @typescript-eslint/consistent-type-exports

// eslint-disable-next-line no-debugger -- inline switches are without effect
debugger; // expect: no-debugger
