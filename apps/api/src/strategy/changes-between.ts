/** One value that changed; null where there was or is none. */
export interface Change {
  /** For example `guardrails.max_delay_ms` or `policies[default].base_delay`. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What differs between two JSON documents, in their order. Lists whose items have a `name` are compared by it, and by their order; other lists as a whole. */
export function changesBetween(before: unknown, after: unknown, path = ''): readonly Change[] {
  const [named, namedAfter] = [byName(before), byName(after)];
  if (named !== null && namedAfter !== null) {
    const changes = changesOfMembers(named, namedAfter, (name) => `${path}[${name}]`);
    return [...changes, ...changesOfOrder(Object.keys(named), Object.keys(namedAfter), path)];
  }
  if (isObject(before) && isObject(after)) {
    return changesOfMembers(before, after, (key) => (path === '' ? key : `${path}.${key}`));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, before: before ?? null, after: after ?? null }];
}

type Members = Readonly<Record<string, unknown>>;

function changesOfMembers(before: Members, after: Members, pathOf: (key: string) => string): readonly Change[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changesBetween(before[key], after[key], pathOf(key)));
}

/** Whether those that were there and still are have another order. */
function changesOfOrder(before: readonly string[], after: readonly string[], path: string): readonly Change[] {
  const stayed = before.filter((name) => after.includes(name));
  const isSame = stayed.join('\n') === after.filter((name) => before.includes(name)).join('\n');
  return isSame ? [] : [{ path, before, after }];
}

function byName(value: unknown): Members | null {
  if (!Array.isArray(value) || !value.every((item) => isObject(item) && typeof item['name'] === 'string')) return null;
  return Object.fromEntries(value.map((item: Members) => [String(item['name']), item]));
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
