import type { ModelArtifact, Sha256 } from './artifact.js';
import { canonicalJson } from './canonical-json.js';
import { layoutOf, type FeatureSchema } from './feature-schema.js';

/** The bytes of an artifact: canonical JSON in UTF-8, so that equal artifacts have equal bytes. */
export function encodeArtifact(artifact: ModelArtifact): Uint8Array {
  return new TextEncoder().encode(canonicalJson(artifact));
}

/** The checksum of an artifact: SHA-256 (hex) of its bytes. */
export function checksumOf(artifact: ModelArtifact, sha256: Sha256): string {
  return sha256(canonicalJson(artifact));
}

/** SHA-256 (hex) of the columns that this code makes of a schema's features. */
export function schemaHashOf(schema: FeatureSchema, sha256: Sha256): string {
  return sha256(canonicalJson(layoutOf(schema)));
}
