// as: libs/engine/src/digest.ts
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { randomBytes } from 'node:crypto'; // expect: no-restricted-imports
import * as everything from 'node:crypto'; // expect: no-restricted-imports
import 'node:fs'; // expect: no-restricted-imports

export const sign = (key: KeyObject) => createHmac('sha256', key);
export const keyOf = (secret: Uint8Array) => createSecretKey(secret);
export const hex = hash('sha256', 'text', 'hex');
export const drawn = [randomBytes, everything];
export const id = crypto.randomUUID(); // expect: no-restricted-globals
export const nowMs = Date.now(); // expect: no-restricted-properties
