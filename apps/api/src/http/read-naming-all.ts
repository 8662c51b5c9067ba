import { SmartRetryError } from '@smart-retry/domain';
import { joinProblems } from './read-all.js';

/**
 * Reads a body whose fields are told apart by `read`, which throws what is wrong with the first. Then the body is read again
 * without that field, until all that are wrong are named, under the code of the first.
 *
 * @param prefix of the body's fields in errors
 */
export function readNamingAll<Body extends object, T>(body: Body, read: (body: Body) => T, prefix: string): T {
  try {
    return read(body);
  } catch (error) {
    throw error instanceof SmartRetryError ? nameAll(error, body, { read, prefix }) : error;
  }
}

function nameAll<Body extends object>(
  first: SmartRetryError,
  body: Body,
  { read, prefix }: { readonly read: (body: Body) => unknown; readonly prefix: string },
): SmartRetryError {
  const found: SmartRetryError[] = [];
  let rest = body;
  for (let next: SmartRetryError | null = first; next !== null; next = problemOf(rest, read)) {
    found.push(next);
    const wrong = new Set(next.fields.map(({ path }) => path.slice(prefix.length)));
    const others = Object.entries(rest).filter(([name]) => !wrong.has(name));
    if (others.length === Object.keys(rest).length) break;
    rest = Object.fromEntries(others) as Body;
  }
  return joinProblems(found);
}

function problemOf<Body>(body: Body, read: (body: Body) => unknown): SmartRetryError | null {
  try {
    read(body);
    return null;
  } catch (error) {
    if (error instanceof SmartRetryError) return error;
    throw error;
  }
}
