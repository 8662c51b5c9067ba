import { describe, expect, it } from '@jest/globals';
import { checksumOf, encodeArtifact } from './artifact-bytes.js';
import { MAX_ARTIFACT_BYTES } from './artifact.js';
import { loadModel } from './load-model.js';
import { artifactOf, logisticBody, sha256, treeBody } from './testing/builders.js';

const artifact = artifactOf(treeBody());
const load = (changed: object) => () => loadModel({ ...artifact, ...changed }, { sha256 });
const refused = (code: string, why: RegExp) =>
  expect.objectContaining({ code, message: expect.stringMatching(why) as unknown });

describe('loadModel', () => {
  it.each([logisticBody(), treeBody()])('reads back what was written, and predicts the same', (body) => {
    const original = artifactOf(body);
    const model = loadModel(encodeArtifact(original), { sha256, checksum: checksumOf(original, sha256) });
    expect(model.artifact).toEqual(original);
    expect(model.checksum).toBe(checksumOf(original, sha256));
  });

  it('refuses bytes that are not those that were registered', () => {
    const changed = { ...artifact, metrics: { ...artifact.metrics, auc: 0.99 } };
    const checksum = checksumOf(artifact, sha256);
    expect(() => loadModel(encodeArtifact(changed), { sha256, checksum })).toThrow(
      refused('MODEL_CORRUPT', /checksum/),
    );
    expect(() => loadModel(encodeArtifact(changed), { sha256 })).not.toThrow();
  });

  it('refuses more bytes than a process should parse, without looking at them', () => {
    const bytes = new Uint8Array(MAX_ARTIFACT_BYTES + 1);
    expect(() => loadModel(bytes, { sha256 })).toThrow(refused('MODEL_CORRUPT', /33554433 bytes, at most 33554432/));
  });

  it('refuses what is not JSON, or no artifact', () => {
    expect(() => loadModel(Uint8Array.of(0xff, 0xfe), { sha256 })).toThrow(refused('MODEL_CORRUPT', /JSON/));
    expect(() => loadModel(new TextEncoder().encode('null'), { sha256 })).toThrow(refused('MODEL_CORRUPT', /artifact/));
    expect(() => loadModel(new TextEncoder().encode('{}'), { sha256 })).toThrow(
      refused('MODEL_INCOMPATIBLE', /version/),
    );
  });

  it('refuses artifacts of another version, encoder or layout', () => {
    expect(load({ artifactVersion: 99 })).toThrow(refused('MODEL_INCOMPATIBLE', /artifact version 99/));
    expect(load({ schema: { ...artifact.schema, encoderVersion: 0 } })).toThrow(
      refused('MODEL_INCOMPATIBLE', /encoder version 0/),
    );
    expect(load({ schemaHash: sha256('other columns') })).toThrow(refused('MODEL_INCOMPATIBLE', /columns/));
  });

  it('refuses a model that does not predict what it predicted when it was trained', () => {
    const golden = artifact.golden.map((row) => ({ ...row, probability: row.probability + 2e-6 }));
    expect(load({ golden })).toThrow(refused('MODEL_CORRUPT', /golden row 0/));
    expect(load({ golden: [] })).toThrow(refused('MODEL_CORRUPT', /no golden rows/));
    const rounded = artifact.golden.map((row) => ({ ...row, probability: row.probability + 1e-9 }));
    expect(load({ golden: rounded })).not.toThrow();
  });

  it('refuses trees that could be walked in a circle or into nothing', () => {
    expect(load({ body: { ...artifact.body, lefts: [0, 0, 3, 0, 0] } })).toThrow(refused('MODEL_CORRUPT', /node 0/));
    expect(load({ body: { ...artifact.body, rights: [9, 0, 4, 0, 0] } })).toThrow(refused('MODEL_CORRUPT', /node 0/));
    expect(load({ body: { ...artifact.body, columns: [99, -1, 1, -1, -1] } })).toThrow(
      refused('MODEL_CORRUPT', /node 0/),
    );
    expect(load({ body: { ...artifact.body, values: [] } })).toThrow(refused('MODEL_CORRUPT', /incomplete/));
    expect(load({ body: undefined })).toThrow(refused('MODEL_CORRUPT', /missing/));
  });

  it('refuses a logistic body without its weights or with a scale of zero', () => {
    const logistic = artifactOf(logisticBody());
    const body = logisticBody();
    if (body.kind !== 'logistic') throw new Error('not logistic');
    const bad = (changed: object) => () => loadModel({ ...logistic, body: { ...body, ...changed } }, { sha256 });
    expect(bad({ weights: [] })).toThrow(refused('MODEL_CORRUPT', /0 weights/));
    expect(bad({ design: { ...body.design, scales: body.design.scales.map(() => 0) } })).toThrow(
      refused('MODEL_CORRUPT', /scale/),
    );
  });
});
