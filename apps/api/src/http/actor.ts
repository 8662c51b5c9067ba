import type { FastifyRequest } from 'fastify';

const actors = new WeakMap<FastifyRequest, string>();

/** Remembers under which key's name a request came. */
export function setActor(request: FastifyRequest, name: string): void {
  actors.set(request, name);
}

/** Who a change is ascribed to: the name of the key, or `api` where none is asked for. */
export function actorOf(request: FastifyRequest): string {
  return actors.get(request) ?? 'api';
}
