import { Agent, request } from 'node:http';
import { connect } from 'node:net';

const TIMEOUT_MS = 30_000;
/** So long an answer to bytes that are no request is waited for. */
const BYTES_TIMEOUT_MS = 200;

/**
 * Sends requests as they come, one after the other; answers the status, or what became of the connection.
 *
 * @param {string} baseUrl
 */
export function createSender(baseUrl) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const { hostname, port } = new URL(baseUrl);
  const send = ({ method, path, body, headers }) =>
    new Promise((resolve) => {
      const options = {
        method,
        agent,
        timeout: TIMEOUT_MS,
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
          ...headers,
        },
      };
      const call = request(`${baseUrl}${path}`, options, (response) => {
        response.resume();
        response.on('close', () => resolve(response.statusCode));
      });
      call.on('timeout', () => call.destroy(new Error('timeout')));
      call.on('error', (error) => resolve(error.message === 'timeout' ? 'no answer' : 'cut'));
      call.end(body);
    });
  const sendBytes = (bytes) =>
    new Promise((resolve) => {
      const socket = connect(Number(port), hostname, () => socket.write(bytes));
      let text = '';
      socket.setTimeout(BYTES_TIMEOUT_MS, () => socket.destroy());
      socket.setEncoding('latin1').on('data', (chunk) => (text += chunk));
      socket.on('error', () => undefined);
      socket.on('close', () => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0) || 'closed'));
    });
  return (hostile) => (hostile.bytes === undefined ? send(hostile) : sendBytes(hostile.bytes));
}
