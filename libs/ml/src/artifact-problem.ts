import type { ModelArtifact } from './artifact.js';
import { Encoder } from './encoder.js';
import { columnsOf, type FeatureSchema } from './feature-schema.js';
import { isFeatureName } from './feature-names.js';
import type { LogisticBody } from './logistic-body.js';
import { LogisticDesign } from './logistic-design.js';
import type { TreeBody } from './tree-body.js';

/** What is wrong with the shape of an artifact, as far as scoring would run astray: nothing, usually. */
export function artifactProblem(artifact: ModelArtifact): string | undefined {
  try {
    return schemaProblem(artifact) ?? bodyProblem(artifact) ?? goldenProblem(artifact);
  } catch {
    return 'a part of it is missing';
  }
}

function schemaProblem({ schema }: ModelArtifact): string | undefined {
  const unknown = schema.features.find((name) => !isFeatureName(name));
  if (unknown !== undefined) return `feature ${unknown} is not known`;
  return schema.features.includes('delay_ms') ? undefined : 'it does not read the delay';
}

function goldenProblem({ golden }: ModelArtifact): string | undefined {
  return golden.length > 0 ? undefined : 'it has no golden rows';
}

function bodyProblem({ modelType, body, schema }: ModelArtifact): string | undefined {
  if (modelType !== body.kind) return `a body of ${body.kind} in a model of ${modelType}`;
  return body.kind === 'logistic' ? logisticProblem(body, schema) : treeProblem(body, columnsOf(schema).length);
}

function logisticProblem({ design, weights, intercept }: LogisticBody, schema: FeatureSchema): string | undefined {
  const width = columnsOf(schema).length;
  if (design.centers.length !== width || design.scales.length !== width) return 'columns are missing';
  const { terms } = new LogisticDesign(new Encoder(schema), design);
  if (weights.length !== terms.length) return `it has ${weights.length} weights for ${terms.length} terms`;
  if (![...weights, ...design.centers, intercept].every(Number.isFinite)) return 'a weight is not finite';
  return design.scales.every((scale) => scale > 0) ? undefined : 'a scale is not positive';
}

function treeProblem(body: TreeBody, width: number): string | undefined {
  const nodes = body.columns.length;
  const { thresholds, lefts, rights, missingLefts, values, covers } = body;
  if ([thresholds, lefts, rights, missingLefts, values, covers].some(({ length }) => length !== nodes))
    return 'its nodes are incomplete';
  if (![...values, ...thresholds, ...covers, body.baseLogit].every(Number.isFinite)) return 'a number is not finite';
  if (!body.roots.every((root) => Number.isInteger(root) && root >= 0 && root < nodes)) return 'a root is no node';
  // Children come after their parent: no walk can run in a circle.
  const isChild = (child: number | undefined, node: number) =>
    Number.isInteger(child) && child !== undefined && child > node && child < nodes;
  const bad = body.columns.findIndex(
    (column, node) =>
      !Number.isInteger(column) ||
      column >= width ||
      (column >= 0 && !(isChild(lefts[node], node) && isChild(rights[node], node))),
  );
  return bad === -1 ? undefined : `node ${bad} leads nowhere`;
}
