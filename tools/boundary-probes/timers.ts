// as: libs/domain/src/__probe__.ts, libs/rules/src/__probe__.ts, libs/bayesian/src/__probe__.ts, libs/guardrails/src/__probe__.ts, libs/engine/src/__probe__.ts, libs/ml/src/__probe__.ts, libs/training/src/__probe__.ts, libs/simulation/src/__probe__.ts, libs/storage/src/memory/__probe__.ts
export const later = setTimeout(String, 1); // expect: no-restricted-globals
export const often = setInterval(String, 1); // expect: no-restricted-globals
export const soon = setImmediate(String); // expect: no-restricted-globals
clearTimeout(later); // expect: no-restricted-globals
clearInterval(often); // expect: no-restricted-globals
clearImmediate(soon); // expect: no-restricted-globals
queueMicrotask(() => undefined); // expect: no-restricted-globals
