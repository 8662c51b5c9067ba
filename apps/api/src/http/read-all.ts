import { SmartRetryError } from '@smart-retry/domain';

/** Beyond as many no problem is looked for, and no field is listed: to list them all would be the sender's to abuse. */
const MAX_FIELDS = 20;

type Readers = Readonly<Record<string, () => unknown>>;

/** What each of `readers` reads, under its name. What is wrong with any is told at once, under the code of the first. */
export function readAll<T extends Readers>(readers: T): { readonly [Name in keyof T]: ReturnType<T[Name]> } {
  const names = Object.keys(readers);
  const values = readEach(Object.values(readers), (read) => read());
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as { [Name in keyof T]: ReturnType<T[Name]> };
}

/** What is read of each of `items`. What is wrong with any is told at once, under the code of the first. */
export function readEach<Item, T>(items: readonly Item[], read: (item: Item, index: number) => T): T[] {
  const values: T[] = [];
  const found: SmartRetryError[] = [];
  for (const [index, item] of items.entries()) {
    try {
      values.push(read(item, index));
    } catch (error) {
      if (!(error instanceof SmartRetryError)) throw error;
      found.push(error);
      if (found.flatMap(({ fields }) => fields).length >= MAX_FIELDS) break;
    }
  }
  if (found.length > 0) throw joinProblems(found);
  return values;
}

/** One error for several, of which there is at least one. */
export function joinProblems(found: readonly SmartRetryError[]): SmartRetryError {
  const [first, ...others] = found;
  if (first === undefined) throw new SmartRetryError('INTERNAL', 'there is no problem to tell of');
  if (others.length === 0) return first;
  const message = found.map((problem) => problem.message).join('; ');
  const fields = found.flatMap((problem) => problem.fields).slice(0, MAX_FIELDS);
  return new SmartRetryError(first.code, message, { cause: first, fields });
}
