import { Type, type TSchema } from 'typebox';

/** What an answer may say in its headers, by name. Each is described beside the code that sends it. */
export type ResponseHeaders = Readonly<Record<string, TSchema>>;

/** A header of answers; `x-header` has the OpenAPI document describe it once, and refer to it everywhere. */
export function describeHeader(description: string): TSchema {
  return Type.String({ description, 'x-header': true });
}

/** The answer of a route, for its schema, with headers that it comes with beside those it has already. */
export function withHeaders<T extends object>(
  response: T,
  headers: ResponseHeaders,
): T & { readonly headers: ResponseHeaders } {
  const already = 'headers' in response ? (response.headers as ResponseHeaders) : {};
  return { ...response, headers: { ...already, ...headers } };
}
