import { RE2JS, RE2JSException } from 're2js';
import { SmartRetryError, type FieldProblem } from '@smart-retry/domain';

/** Whether a text matches, as a whole. */
export type Pattern = (text: string) => boolean;

/**
 * Matching takes time in proportion to the text times this. `(?:.{0,200}){1,5}x` is short and compiles to thousands of
 * instructions; sixty-four of those held a process for seconds.
 */
const MAX_PROGRAM_SIZE = 300;
const LITERAL = /^[\w \-/:@#%&=,;!<>~"'`]+$/;

/**
 * Compiles an RE2 pattern (linear time; no look-around, no back-references) that must match the whole text.
 *
 * @throws {INVALID_POLICY} naming `path`, with RE2's own words.
 */
export function compilePattern(source: string, path: string): Pattern {
  // Most patterns are plain words such as "429": an equality test is a hundred times cheaper than the automaton.
  if (LITERAL.test(source)) return (text) => text === source;
  try {
    const re2 = RE2JS.compile(source);
    if (re2.programSize() > MAX_PROGRAM_SIZE) throw invalidPattern(path, 'it repeats too much');
    return (text) => re2.testExact(text);
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    throw invalidPattern(path, cause.message, cause);
  }
}

function invalidPattern(path: string, reason: string, cause?: unknown): SmartRetryError {
  const message = `not a usable RE2 pattern: ${reason}`;
  return new SmartRetryError('INVALID_POLICY', `${path}: ${message}`, { cause, fields: [{ path, message }] });
}

/** Compiles a list; reports every invalid pattern of it, not only the first. */
export function compilePatterns(sources: readonly string[], path: string, problems: FieldProblem[]): Pattern[] {
  return sources.flatMap((source, i) => {
    try {
      return [compilePattern(source, `${path}[${i}]`)];
    } catch (error) {
      if (!(error instanceof SmartRetryError)) throw error;
      problems.push(...error.fields);
      return [];
    }
  });
}
