import type { StoredConfiguration } from '@smart-retry/domain';
import type { ConfigurationWrite } from '@smart-retry/engine';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from './actor.js';
import { readExpectedRevision, setEntityTag } from './entity-tag.js';
import { Idempotency, type WriteAnswer } from './idempotency.js';

/** Runs a change of the configuration with everything its headers ask for: who, on what condition, at most once. */
@Injectable()
export class ConfigurationWrites {
  constructor(private readonly idempotency: Idempotency) {}

  run(
    request: FastifyRequest,
    reply: FastifyReply,
    change: (write: ConfigurationWrite) => Promise<StoredConfiguration>,
    answer: (changed: StoredConfiguration) => WriteAnswer,
  ): Promise<object | string> {
    const expectedRevision = readExpectedRevision(request);
    return this.idempotency.once(request, reply, async (keep) => {
      const changed = await change({
        actor: actorOf(request),
        ...(expectedRevision !== undefined && { expectedRevision }),
        ...(keep !== undefined && { keep: (next: StoredConfiguration) => keep(answer(next)) }),
      });
      setEntityTag(reply, changed.revision);
      return answer(changed);
    });
  }
}
