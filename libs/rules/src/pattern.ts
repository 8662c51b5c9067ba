import { RE2JS, RE2JSException } from 're2js';
import { SmartRetryError, type FieldProblem } from '@smart-retry/domain';

/** Whether a text matches, as a whole. */
export type Pattern = (text: string) => boolean;

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
    return (text) => re2.testExact(text);
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    throw new SmartRetryError('INVALID_POLICY', `${path}: not an RE2 pattern: ${cause.message}`, {
      cause,
      fields: [{ path, message: `not an RE2 pattern: ${cause.message}` }],
    });
  }
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
