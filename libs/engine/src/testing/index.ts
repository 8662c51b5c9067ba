export { handMadeModel } from './hand-made-model.js';
export type { HandMadeModel, HandMadeOptions } from './hand-made-model.js';
