import type { KeyScope } from '@smart-retry/domain';
import type { FastifyRequest } from 'fastify';

/** Who asks, as far as the key tells. */
export interface Caller {
  /**
   * To whom changes are ascribed: `key:<name>/<selector>`, `admin_key` for that of the configuration, or `api` where no key
   * is asked for. No name that a key is given makes it look like another, or like `startup`.
   */
  readonly actor: string;
  /** What requests are counted under. */
  readonly id: string;
  readonly scopes: ReadonlySet<KeyScope>;
  /** The one tenant that it may see and touch; null for all. */
  readonly tenant: string | null;
  /** Null for what the process allows by default. */
  readonly requestsPerSecond: number | null;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Known before any handler but those of open routes runs. */
    caller: Caller;
  }
}

/** Who a change is ascribed to. */
export function actorOf(request: FastifyRequest): string {
  return request.caller.actor;
}
