import { LRUCache } from 'lru-cache';
import type { FailureKind } from '@smart-retry/domain';
import { kindOfFailure } from '@smart-retry/guardrails';

const MAX_KINDS = 1_000;

/** Whose failure it was, by class and code: worked out once for each, since there are few of them. */
export class FailureKinds {
  readonly #kinds = new LRUCache<string, FailureKind>({ max: MAX_KINDS });

  of(errorClass: string, errorCode: string | undefined): FailureKind {
    const key = errorCode === undefined ? errorClass : `${errorClass.length}:${errorClass}${errorCode}`;
    let kind = this.#kinds.get(key);
    if (kind === undefined) {
      kind = kindOfFailure({ errorClass, errorCode });
      this.#kinds.set(key, kind);
    }
    return kind;
  }
}
