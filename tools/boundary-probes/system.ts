// as: libs/engine/src/background/system.ts
export const nowMs = Date.now();
export const words = crypto.getRandomValues(new Uint32Array(1));
export const draw = Math.random(); // expect: no-restricted-properties
export const later = setTimeout(String, 1); // expect: no-restricted-globals
export const environment = process.env; // expect: no-restricted-globals
