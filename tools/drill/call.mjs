import { Agent, request } from 'node:http';

/** How long an answer is waited for. */
export const TIMEOUT_MS = 8_000;

/**
 * Calls one API over connections that are kept.
 *
 * @param {string} baseUrl
 * @returns {(method: string, path: string, body?: unknown, more?: Record<string, string>) => Promise<{ status: number, text: string, body: any } | null>}
 *   null where no answer came, or not all of it
 */
export function createCaller(baseUrl) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return (method, path, body, more = {}) =>
    new Promise((resolve) => {
      const sent = body === undefined ? undefined : JSON.stringify(body);
      const headers = sent && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(sent),
        ...more,
      };
      const call = request(`${baseUrl}${path}`, { method, agent, headers, timeout: TIMEOUT_MS }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode, text, body: parse(text) }));
        response.on('error', () => resolve(null));
        response.on('close', () => resolve(null));
      });
      call.on('timeout', () => call.destroy());
      call.on('error', () => resolve(null));
      call.end(sent);
    });
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
