import { Ajv, type Options, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { describeSchemaErrors } from './describe-schema-errors.js';

const STRICT: Options = {
  allowUnionTypes: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  // For what says why: the value that was refused.
  verbose: true,
  // For the documentation.
  keywords: ['x-batch-item', 'x-name'],
};

const stopAtFirst = new Ajv(STRICT);
const findAll = new Ajv({ ...STRICT, allErrors: true });

/** Values in a body beyond which only the first problem is named: listing them all would be the sender's to abuse. */
const MAX_VALUES_TO_EXPLAIN = 2_000;

export interface SchemaCheck<T> {
  /** Answers the value, or throws INVALID_REQUEST with its problems, paths below `prefix`. */
  (value: unknown, prefix?: string): T;
  /** Compiles what names every problem, which the first refusal would wait for: up to 100 ms. */
  prepareExplanation(): void;
}

/** Compiles a schema: strict, without coercion. */
export function compileSchema<T>(schema: TSchema): SchemaCheck<T> {
  const validate = stopAtFirst.compile<T>(schema);
  let compiled: ValidateFunction<T> | undefined;
  const explanation = () => (compiled ??= findAll.compile<T>(schema));
  const check = (value: unknown, prefix = '') => {
    if (validate(value)) return value;
    const first = validate.errors ?? [];
    if (isLarge(value)) throw describeSchemaErrors(first, prefix);
    const explain = explanation();
    explain(value);
    throw describeSchemaErrors(explain.errors ?? first, prefix);
  };
  return Object.assign(check, { prepareExplanation: () => void explanation() });
}

function isLarge(value: unknown): boolean {
  const pending: unknown[] = [value];
  for (let seen = 0; pending.length > 0; seen++) {
    if (seen + pending.length > MAX_VALUES_TO_EXPLAIN) return true;
    const next = pending.pop();
    if (typeof next !== 'object' || next === null) continue;
    const children: unknown[] = Object.values(next);
    if (children.length > MAX_VALUES_TO_EXPLAIN) return true;
    pending.push(...children);
  }
  return false;
}
