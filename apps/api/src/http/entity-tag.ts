import { SmartRetryError } from '@smart-retry/domain';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { describeHeader, type ResponseHeaders } from './response-headers.js';

/** For the documentation: what `setEntityTag` says. */
export const ENTITY_TAG: ResponseHeaders = {
  ETag: describeHeader('The revision of the configuration that this shows; `If-Match` with it changes no other one.'),
};

const REVISION_TAG = /^(?:W\/)?"(\d{1,15})"$/;

/** The tag of an answer that shows a revision of the configuration. */
export function entityTagOf(revision: number): string {
  return `"${revision}"`;
}

/** Says which revision of the configuration an answer shows. */
export function setEntityTag(reply: FastifyReply, revision: number): void {
  reply.header('etag', entityTagOf(revision));
}

/**
 * The revisions that the writer would change, from `If-Match`; undefined, which is any, without the header or for `*`.
 * @throws {INVALID_REQUEST} for a tag that no answer carried.
 */
export function readExpectedRevisions(request: FastifyRequest): readonly number[] | undefined {
  const header = request.headers['if-match']?.trim();
  if (header === undefined || header === '*') return undefined;
  return header.split(',').map((tag) => {
    const revision = REVISION_TAG.exec(tag.trim())?.[1];
    if (revision !== undefined) return Number(revision);
    const message = 'must be the ETag of an answer, such as "5", or a list of them';
    throw new SmartRetryError('INVALID_REQUEST', `If-Match ${message}`, { fields: [{ path: 'If-Match', message }] });
  });
}
