/** Values by key, many under each, in the order added; a key without values takes no room. */
export class GroupedIndex<T> {
  readonly #groups = new Map<string, Set<T>>();

  add(key: string, value: T): void {
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, new Set([value]));
    else group.add(value);
  }

  remove(key: string, value: T): void {
    const group = this.#groups.get(key);
    if (group?.delete(value) && group.size === 0) this.#groups.delete(key);
  }

  get(key: string): readonly T[] {
    return [...(this.#groups.get(key) ?? [])];
  }
}
