/** What a route answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The parsed body; a test knows what it expects of it. */
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Ask {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text or bytes. */
  readonly body?: unknown;
}

export interface Client {
  get(path: string, ask?: Ask): Promise<Answer>;
  post(path: string, body?: unknown, ask?: Ask): Promise<Answer>;
  put(path: string, body?: unknown, ask?: Ask): Promise<Answer>;
  delete(path: string, ask?: Ask): Promise<Answer>;
  send(method: string, path: string, ask?: Ask): Promise<Answer>;
}

/** Talks to the API below `baseUrl` as a worker would. */
export function createClient(baseUrl: string): Client {
  const send = async (method: string, path: string, { headers = {}, body }: Ask = {}): Promise<Answer> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      ...(body !== undefined && { body: isRaw(body) ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /\bjson\b/.test(response.headers.get('content-type') ?? '');
    const parsed: unknown = isJson && text !== '' ? JSON.parse(text) : {};
    return { status: response.status, headers: response.headers, text, body: parsed as Answer['body'] };
  };
  return {
    send,
    get: (path, ask) => send('GET', path, ask),
    post: (path, body, ask) => send('POST', path, { ...ask, body }),
    put: (path, body, ask) => send('PUT', path, { ...ask, body }),
    delete: (path, ask) => send('DELETE', path, ask),
  };
}

function isRaw(body: unknown): body is string | Uint8Array<ArrayBuffer> {
  return typeof body === 'string' || body instanceof Uint8Array;
}
