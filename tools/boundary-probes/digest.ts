// as: libs/engine/src/digest.ts
import { hash } from 'node:crypto';
import { randomBytes } from 'node:crypto'; // expect: no-restricted-imports
import * as everything from 'node:crypto'; // expect: no-restricted-imports
import 'node:fs'; // expect: no-restricted-imports

export const hex = hash('sha256', 'text', 'hex');
export const drawn = [randomBytes, everything];
export const id = crypto.randomUUID(); // expect: no-restricted-globals
export const nowMs = Date.now(); // expect: no-restricted-properties
