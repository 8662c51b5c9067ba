// as: libs/engine/src/digest.ts
import { hash } from 'node:crypto';
import 'node:fs'; // expect: no-restricted-imports
export const digest = hash('sha256', 'text', 'hex');
export const id = crypto.randomUUID(); // expect: no-restricted-globals
export const nowMs = Date.now(); // expect: no-restricted-properties
