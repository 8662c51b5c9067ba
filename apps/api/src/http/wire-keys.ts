/** An object without a schema of its own, with every key in it in the spelling of the wire. */
export function withWireKeys(object: object): object {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [toSnakeCase(key), toWire(value)]));
}

function toWire(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(toWire);
  return typeof json === 'object' && json !== null ? withWireKeys(json) : json;
}

function toSnakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
