type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** The same fields without those that are undefined: absent is absent. */
export function dropAbsent<T extends object>(fields: T): Present<T> {
  const present: Present<T> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) present[key] = value as Exclude<T[typeof key], undefined>;
  }
  return present;
}
