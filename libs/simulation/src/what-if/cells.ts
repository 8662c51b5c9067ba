import type { FailureContext, History } from './history.js';

/** Attempts from this one on are alike. */
const LAST_ATTEMPT_GROUP = 4;

/** A partition of the failures of a history. */
export interface Cells {
  readonly size: number;
  /** The cell of each context, by its index. */
  readonly ofContext: readonly number[];
}

/** Each context by itself: rules tie the delay to class, code and attempt. */
export function cellsByContext({ contexts }: History): Cells {
  return { size: contexts.length, ofContext: contexts.map((_, context) => context) };
}

/** Cells of error class and attempt group: 1, 2, 3, 4 and more. */
export function cellsByAttemptGroup({ contexts }: History): Cells {
  return partition(contexts, ({ errorClass, attemptNumber }) => [
    errorClass,
    Math.min(attemptNumber, LAST_ATTEMPT_GROUP),
  ]);
}

/** Cells of error class. */
export function cellsByClass({ contexts }: History): Cells {
  return partition(contexts, ({ errorClass }) => [errorClass]);
}

function partition(
  contexts: readonly FailureContext[],
  keyOf: (context: FailureContext) => readonly (string | number)[],
): Cells {
  const cells = new Map<string, number>();
  const ofContext = contexts.map((context) => {
    const key = JSON.stringify(keyOf(context));
    const cell = cells.get(key) ?? cells.size;
    cells.set(key, cell);
    return cell;
  });
  return { size: cells.size, ofContext };
}
