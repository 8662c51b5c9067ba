import { once } from 'node:events';
import { connect } from 'node:net';

/** Makes a Redis forget everything, as its operator would. */
export async function flushRedis(address: string): Promise<void> {
  const [host, port] = address.split(':');
  const socket = connect(Number(port), host);
  try {
    await once(socket, 'connect');
    socket.write('FLUSHALL\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    if (answer.toString() !== '+OK\r\n') throw new Error(`Redis answered ${answer.toString()}`);
  } finally {
    socket.destroy();
  }
}
