import { SmartRetryError } from '@smart-retry/domain';
import { checksumOf, schemaHashOf } from './artifact-bytes.js';
import { artifactProblem } from './artifact-problem.js';
import { ARTIFACT_VERSION, MAX_ARTIFACT_BYTES, type ModelArtifact, type Sha256 } from './artifact.js';
import { assembleModel } from './assemble-model.js';
import { ENCODER_VERSION } from './feature-schema.js';
import type { ScoringModel } from './scoring-model.js';

/** Predictions may differ by this between machines: `exp` and `log` are not the same everywhere to the last digit. */
const GOLDEN_TOLERANCE = 1e-6;

export interface LoadOptions {
  readonly sha256: Sha256;
  /** What the registry says; whoever loads a file of his own may have none. */
  readonly checksum?: string;
}

/**
 * Makes a model of its bytes, or of an artifact. Whatever is loaded was checked: size, version, layout of the columns,
 * checksum, shape, and the golden rows, which are scored again.
 *
 * @throws {MODEL_INCOMPATIBLE} it was made by code that encodes or stores differently
 * @throws {MODEL_CORRUPT} it is not what was stored, or does not predict what it predicted when it was trained
 */
export function loadModel(source: Uint8Array | ModelArtifact, { sha256, checksum }: LoadOptions): ScoringModel {
  const artifact = source instanceof Uint8Array ? parse(source) : source;
  if (artifact.artifactVersion !== ARTIFACT_VERSION)
    throw incompatible(`artifact version ${artifact.artifactVersion}, this code reads ${ARTIFACT_VERSION}`);
  const found = checksumOf(artifact, sha256);
  if (checksum !== undefined && checksum !== found) throw corrupt(`checksum ${found}, expected ${checksum}`);
  const problem = artifactProblem(artifact);
  if (problem !== undefined) throw corrupt(problem);
  if (artifact.schema.encoderVersion !== ENCODER_VERSION)
    throw incompatible(`encoder version ${artifact.schema.encoderVersion}, this code has ${ENCODER_VERSION}`);
  if (artifact.schemaHash !== schemaHashOf(artifact.schema, sha256))
    throw incompatible('its columns are not those that this code makes');
  const model = { ...assembleModel(artifact), artifact, checksum: found };
  checkGoldenRows(model);
  return model;
}

function parse(bytes: Uint8Array): ModelArtifact {
  if (bytes.byteLength > MAX_ARTIFACT_BYTES)
    throw corrupt(`${bytes.byteLength} bytes, at most ${MAX_ARTIFACT_BYTES} are loaded`);
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof value === 'object' && value !== null) return value as ModelArtifact;
  } catch (cause) {
    throw corrupt('not JSON in UTF-8', cause);
  }
  throw corrupt('not an artifact');
}

function checkGoldenRows(model: ScoringModel): void {
  const probability = new Float64Array(1);
  for (const [i, golden] of model.artifact.golden.entries()) {
    model.scoreDelays(golden.context, [golden.delayMs], probability);
    const found = probability[0] ?? Number.NaN;
    if (!(Math.abs(found - golden.probability) <= GOLDEN_TOLERANCE))
      throw corrupt(`golden row ${i} scores ${found}, when trained ${golden.probability}`);
  }
}

function corrupt(why: string, cause?: unknown): SmartRetryError {
  return new SmartRetryError('MODEL_CORRUPT', `model refused: ${why}`, { cause });
}

function incompatible(why: string): SmartRetryError {
  return new SmartRetryError('MODEL_INCOMPATIBLE', `model refused: ${why}`);
}
