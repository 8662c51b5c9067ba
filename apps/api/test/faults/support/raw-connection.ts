import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A TCP connection to the API on which a test says what a well-behaved client never would. */
export class RawConnection {
  readonly #socket: Socket;
  readonly #closed: Promise<unknown>;
  #received = '';

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.#closed = new Promise((resolve) => socket.once('close', resolve));
    socket.setEncoding('utf8').on('data', (chunk: string) => (this.#received += chunk));
    // A reset is one of the ways in which the server may end it.
    socket.on('error', () => undefined);
  }

  /** Rejects where nobody listens. */
  static async open(baseUrl: string): Promise<RawConnection> {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new RawConnection(socket);
  }

  /** What has come back so far. */
  get received(): string {
    return this.#received;
  }

  write(text: string): void {
    this.#socket.write(text);
  }

  /** From now on reads nothing. */
  ignoreAnswers(): void {
    this.#socket.pause();
  }

  /** Resolves, once the other side has ended it, to all that came back. */
  async untilClosed(): Promise<string> {
    await this.#closed;
    return this.#received;
  }

  /** Breaks off, as a client that dies does. */
  abort(): void {
    this.#socket.resetAndDestroy();
  }
}

/** The head of a POST that says nothing else unusual. */
export function postHead(baseUrl: string, path: string, contentLength: number): string {
  const { host, pathname } = new URL(baseUrl);
  const lines = [`POST ${pathname}${path} HTTP/1.1`, `host: ${host}`, 'content-type: application/json'];
  return [...lines, `content-length: ${contentLength}`, '', ''].join('\r\n');
}
