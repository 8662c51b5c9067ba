import type { FastifyReply, FastifyRequest } from 'fastify';

const MAX_MORE_BYTES = 32 * 1024 * 1024;
const MAX_MORE_MS = 5_000;

/**
 * Keeps the connection of a body that is refused for its size, so that its sender gets to read why: closed on what is still
 * being sent, the connection is reset and the answer lost. What comes is thrown away; whoever sends 32 MiB more, or
 * for 5 s more, is cut off.
 */
export function letBodyEnd({ raw: message }: FastifyRequest, reply: FastifyReply): void {
  // Fastify asks for the connection to be closed with the answer.
  reply.removeHeader('connection');
  let bytes = 0;
  const cutOff = () => message.socket.destroy();
  const timer = setTimeout(cutOff, MAX_MORE_MS).unref();
  message.on('close', () => {
    clearTimeout(timer);
  });
  message.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_MORE_BYTES) cutOff();
  });
}
