import { connect } from 'node:net';

/** Sends text as it is, and answers everything that comes back until the server closes the connection. */
export function exchange(
  server: { readonly hostname: string; readonly port: number | string },
  text: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(server.port), server.hostname, () => socket.write(text));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}
