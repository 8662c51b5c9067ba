// as: libs/domain/src/__probe__.ts, libs/rules/src/__probe__.ts, libs/bayesian/src/__probe__.ts, libs/guardrails/src/__probe__.ts, libs/engine/src/__probe__.ts, libs/ml/src/__probe__.ts, libs/training/src/__probe__.ts, libs/simulation/src/__probe__.ts, libs/storage/src/memory/__probe__.ts
import 'node:crypto'; // expect: no-restricted-imports
import 'fs/promises'; // expect: no-restricted-imports
import type {} from 'node:http'; // expect: no-restricted-imports
export const lazy = import('./index.js'); // expect: no-restricted-syntax
export const environment = process.env; // expect: no-restricted-globals
export const sameEnvironment = globalThis.process.env; // expect: no-restricted-globals
console.log('said by a library'); // expect: no-restricted-globals
export const elapsedMs = performance.now(); // expect: no-restricted-globals
export const id = crypto.randomUUID(); // expect: no-restricted-globals
export const answer = fetch('http://localhost'); // expect: no-restricted-globals
export const nowMs = Date.now(); // expect: no-restricted-properties
export const { now } = Date; // expect: no-restricted-properties
export const today = new Date(); // expect: no-restricted-syntax
export const todayAsText = Date(); // expect: no-restricted-syntax
export const draw = Math.random(); // expect: no-restricted-properties
export const midnight = new Date(0);
export const largest = Math.max(1, 2);
export const parsedMs = Date.parse('2026-01-01T00:00:00Z');
