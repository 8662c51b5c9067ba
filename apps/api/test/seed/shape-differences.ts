const TIMESTAMP = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/;

/**
 * Where an answer lacks a field of the example or has it with another JSON type; empty when it has the example's shape.
 * Items of a list are compared with the example's first one; a list may be empty, and further fields are allowed.
 */
export function shapeDifferences(example: unknown, answer: unknown, path = '$'): readonly string[] {
  const expected = jsonType(example);
  const actual = jsonType(answer);
  if (expected !== actual) return [`${path} is ${actual}, not ${expected}`];
  if (Array.isArray(example) && Array.isArray(answer)) {
    return example.length === 0 ? [] : answer.flatMap((item, i) => shapeDifferences(example[0], item, `${path}[${i}]`));
  }
  if (isObject(example) && isObject(answer)) {
    return Object.entries(example).flatMap(([key, value]) =>
      key in answer ? shapeDifferences(value, answer[key], `${path}.${key}`) : [`${path}.${key} is missing`],
    );
  }
  return [];
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'string' && TIMESTAMP.test(value)) return 'a timestamp';
  return typeof value;
}
