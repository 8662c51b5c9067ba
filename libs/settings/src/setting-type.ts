import { parseDurationMs, SmartRetryError } from '@smart-retry/domain';

/** How a setting is read: from environment text and from JSON. `undefined` says that the value is not one of these. */
export interface SettingType<T> {
  /** For the reference table. */
  readonly name: string;
  /** Completes "must be …". */
  readonly expected: string;
  readonly fromText: (text: string) => T | undefined;
  readonly fromJson: (value: unknown) => T | undefined;
  print(value: T): string;
}

const BOOLEAN_TEXT: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };

export const BOOLEAN: SettingType<boolean> = {
  name: 'boolean',
  expected: 'true or false',
  fromText: (text) => BOOLEAN_TEXT[text.toLowerCase()],
  fromJson: (value) => (typeof value === 'boolean' ? value : undefined),
  print: String,
};

/** A whole number on the closed range. */
export function wholeNumber(range: { readonly from: number; readonly to: number }): SettingType<number> {
  const check = (n: number) => (Number.isSafeInteger(n) && n >= range.from && n <= range.to ? n : undefined);
  return {
    name: 'whole number',
    expected: `a whole number from ${range.from} to ${range.to}`,
    fromText: (text) => (/^\d{1,15}$/.test(text) ? check(Number(text)) : undefined),
    fromJson: (value) => (typeof value === 'number' ? check(value) : undefined),
    print: String,
  };
}

const isRatio = (n: number) => n >= 0 && n <= 1;

export const RATIO: SettingType<number> = {
  name: 'number',
  expected: 'a number from 0.0 to 1.0',
  fromText: (text) => (/^(?:\d+(?:\.\d*)?|\.\d+)$/.test(text) && isRatio(Number(text)) ? Number(text) : undefined),
  fromJson: (value) => (typeof value === 'number' && isRatio(value) ? value : undefined),
  print: String,
};

export const DURATION: SettingType<number> = {
  name: 'duration',
  expected: 'a duration such as "5m" or "00:05:00"',
  fromText: readDuration,
  fromJson: (value) => (typeof value === 'string' || typeof value === 'number' ? readDuration(value) : undefined),
  print: (durationMs) => `${durationMs} ms`,
};

function readDuration(value: string | number): number | undefined {
  try {
    return parseDurationMs(value);
  } catch (error) {
    if (error instanceof SmartRetryError) return undefined;
    throw error;
  }
}

const ADDRESS = /^(?:\[[0-9a-fA-F:]+\]|[^\s:[\]/@]+):\d{1,5}$/;

/** A server's address; a port alone, as Go spells it, is one of this machine. */
export const HOST_AND_PORT: SettingType<string> = {
  name: 'host:port',
  expected: 'host:port',
  fromText: readAddress,
  fromJson: (value) => (typeof value === 'string' ? readAddress(value) : undefined),
  print: (address) => address,
};

function readAddress(text: string): string | undefined {
  const address = text.startsWith(':') ? `localhost${text}` : text;
  return ADDRESS.test(address) ? address : undefined;
}

/** Text for which `accepts` holds. */
export function text(
  name: string,
  expected: string,
  accepts: (value: string) => boolean = (value) => value !== '',
): SettingType<string> {
  const check = (value: string) => (accepts(value) ? value : undefined);
  return {
    name,
    expected,
    fromText: check,
    fromJson: (value) => (typeof value === 'string' ? check(value) : undefined),
    print: (value) => value,
  };
}

/** One of a closed set of words. */
export function oneOf<const T extends string>(words: readonly T[]): SettingType<T> {
  const check = (value: unknown) => words.find((word) => word === value);
  return { name: 'word', expected: `one of ${words.join(', ')}`, fromText: check, fromJson: check, print: String };
}
