import type { SchemaCheck } from './compile-schema.js';

const PAUSE_MS = 50;

/** Compiles one after the other with room for requests between them, so that no refusal under load has to. */
export function prepareExplanations([check, ...later]: readonly SchemaCheck<unknown>[]): void {
  if (check === undefined) return;
  setTimeout(() => {
    check.prepareExplanation();
    prepareExplanations(later);
  }, PAUSE_MS).unref();
}
