import { readFile } from 'node:fs/promises';

export type Json = Readonly<Record<string, unknown>>;

/** One HTTP example: what is sent, and what comes back where the example shows it. */
export interface Example {
  readonly request: { readonly method: string; readonly path: string; readonly body?: Json };
  readonly response?: Json;
}

export function readFixtureText(name: string): Promise<string> {
  return readFile(new URL(`./fixtures/${name}`, import.meta.url), 'utf8');
}

/** A JSON example; a test knows what it holds. */
export async function readFixture<T = Json>(name: string): Promise<T> {
  return JSON.parse(await readFixtureText(`${name}.json`)) as T;
}

/**
 * The examples were written on one day of the past, which is older than any retention: they are sent as if written a
 * minute ago.
 */
export function writtenAMinuteAgo<T extends Json>(body: T): T & { readonly timestamp: string } {
  return { ...body, timestamp: new Date(Date.now() - 60_000).toISOString() };
}
