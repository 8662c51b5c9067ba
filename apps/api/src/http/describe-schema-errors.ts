import { SmartRetryError, type FieldProblem } from '@smart-retry/domain';
import { toStorableText, UNSTORABLE_MESSAGE, UNSTORABLE_TEXT } from './unstorable-text.js';

const MAX_FIELDS = 20;

/** As Ajv reports it. */
export interface SchemaError {
  readonly keyword: string;
  readonly instancePath: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
  /** What was found at `instancePath`. */
  readonly data?: unknown;
}

/** JSON pointer → dotted path in wire spelling: `/features/3/job_type` → `features[3].job_type`. */
export function toFieldPath(pointer: string, property?: string): string {
  const segments = pointer.split('/').slice(1);
  if (property !== undefined) segments.push(property);
  const path = segments.reduce((path, segment) => {
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(name)) return `${path}[${name}]`;
    return path === '' ? name : `${path}.${name}`;
  }, '');
  return toStorableText(path);
}

function toFieldProblem({ keyword, instancePath, params, message, data }: SchemaError): FieldProblem {
  if (data === UNSTORABLE_TEXT) {
    return { path: toFieldPath(instancePath), message: UNSTORABLE_MESSAGE };
  }
  switch (keyword) {
    case 'required':
      return { path: toFieldPath(instancePath, String(params['missingProperty'])), message: 'is required' };
    case 'additionalProperties':
      return { path: toFieldPath(instancePath, String(params['additionalProperty'])), message: 'is not a known field' };
    case 'type':
      return { path: toFieldPath(instancePath), message: `must be ${[params['type']].flat().join(' or ')}` };
    case 'enum':
      return {
        path: toFieldPath(instancePath),
        // "" and null stand for absent: nobody needs them named.
        message: `must be one of ${[params['allowedValues']].flat().filter(Boolean).join(', ')}`,
      };
    case 'minLength':
      return { path: toFieldPath(instancePath), message: 'must not be empty' };
    case 'maxLength':
      return { path: toFieldPath(instancePath), message: `must have at most ${String(params['limit'])} characters` };
    default:
      return { path: toFieldPath(instancePath), message: message ?? 'is invalid' };
  }
}

function describe({ keyword }: SchemaError, { path, message }: FieldProblem): string {
  if (keyword === 'required') return `missing required field: ${path}`;
  if (keyword === 'additionalProperties') return `unknown field: ${path}`;
  return path === '' ? `the body ${message}` : `${path} ${message}`;
}

/** One error for all that a schema found, at most 20 of them, paths below `prefix`. */
export function describeSchemaErrors(errors: readonly SchemaError[], prefix = ''): SmartRetryError {
  const named = errors.slice(0, MAX_FIELDS).map((error) => {
    const problem = toFieldProblem(error);
    const path = prefix === '' || problem.path === '' ? prefix + problem.path : `${prefix}.${problem.path}`;
    return { error, problem: { path, message: problem.message } };
  });
  return new SmartRetryError(
    'INVALID_REQUEST',
    named.map(({ error, problem }) => describe(error, problem)).join('; '),
    {
      fields: named.map(({ problem }) => problem).filter(({ path }) => path !== ''),
    },
  );
}
