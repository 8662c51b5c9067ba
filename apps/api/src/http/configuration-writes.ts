import type { StoredConfiguration } from '@smart-retry/domain';
import { Configuration, type ConfigurationWrite } from '@smart-retry/engine';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { actorOf } from './caller.js';
import { ENTITY_TAG, entityTagOf, readExpectedRevisions } from './entity-tag.js';
import { Idempotency, REPLAYED, type WriteAnswer } from './idempotency.js';
import type { ResponseHeaders } from './response-headers.js';

/** For the documentation: what the answer to a change says. */
export const WRITTEN: ResponseHeaders = { ...ENTITY_TAG, ...REPLAYED };

/** Runs a change of the configuration with everything its headers ask for: who, on what condition, at most once. */
@Injectable()
export class ConfigurationWrites {
  constructor(
    private readonly idempotency: Idempotency,
    private readonly configuration: Configuration,
  ) {}

  run(
    request: FastifyRequest,
    reply: FastifyReply,
    change: (write: ConfigurationWrite) => Promise<StoredConfiguration>,
    answer: (changed: StoredConfiguration) => WriteAnswer,
  ): Promise<object | string> {
    const expectedRevisions = readExpectedRevisions(request);
    const answerWithTag = (changed: StoredConfiguration): WriteAnswer => ({
      ...answer(changed),
      entityTag: entityTagOf(changed.revision),
    });
    return this.idempotency.once(request, reply, async (keep) => {
      const expectedRevision = await this.pickExpected(expectedRevisions);
      const changed = await change({
        actor: actorOf(request),
        ...(expectedRevision !== undefined && { expectedRevision }),
        ...(keep !== undefined && { keep: (next: StoredConfiguration) => keep(answerWithTag(next)) }),
      });
      return answerWithTag(changed);
    });
  }

  /** Of several revisions the one in force; any of them when there is none, as the change is to be refused then. */
  private async pickExpected(revisions: readonly number[] = []): Promise<number | undefined> {
    if (revisions.length > 1) await this.configuration.refresh();
    const { revision } = this.configuration.current();
    return revisions.includes(revision) ? revision : revisions[0];
  }
}
