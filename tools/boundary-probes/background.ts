// as: libs/engine/src/background/__probe__.ts
import 'node:timers'; // expect: no-restricted-imports
export const later = setTimeout(String, 1);
export const often = setInterval(String, 1);
clearTimeout(later);
clearInterval(often);
export const nowMs = Date.now(); // expect: no-restricted-properties
export const draw = Math.random(); // expect: no-restricted-properties
console.log('said by a loop'); // expect: no-restricted-globals
