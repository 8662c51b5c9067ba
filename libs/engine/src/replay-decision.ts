import {
  createRng,
  type Abstention,
  type DecisionRecord,
  type Evidence,
  type LayerName,
  type Proposal,
  type Recommendation,
} from '@smart-retry/domain';
import type { ConfigurationSnapshot } from './configuration-snapshot.js';
import type { ConfigurationFreshness } from './configuration-freshness.js';
import { decide, type Decision } from './decide.js';
import { repeatGate } from './fleet/fleet-gate.js';
import type { Layer } from './layers.js';
import { NO_CORRECTION, type Correction } from './odds-correction.js';

/** Layers whose answers depend on what was known at the time, which nobody knows any more: they are taken from the record. */
const REMEMBERING_LAYERS: ReadonlySet<LayerName> = new Set<LayerName>(['ml', 'bayesian']);

/**
 * Decides again as the audit trail says that it was decided: from the same features at the same time with the same draws,
 * where learned layers say what they said then. Rules, guardrails, exploration and jitter are worked out anew.
 *
 * @param configuration as of the record's revision
 */
export function replayDecision(record: DecisionRecord, configuration: ConfigurationSnapshot): Decision {
  const { features, evidence, recommendation, decidedAtMs, rngSeed } = record;
  if (evidence.configurationRevision !== configuration.revision) {
    throw new RangeError(
      `decided under revision ${evidence.configurationRevision}, cannot be replayed under ${configuration.revision}`,
    );
  }
  const learnedLayers = evidence.layers.filter(({ layer }) => REMEMBERING_LAYERS.has(layer)).map(repeatAnswer);
  // What is in the audit trail could be audited, and a preview leaves no trace there.
  const gate = evidence.fleet && repeatGate(evidence.fleet);
  const snapshot = {
    configuration,
    learnedLayers,
    canAudit: true,
    explores: true,
    freshness: freshnessOf(recommendation),
    hindsight: { correctionOf: () => correctionOf(evidence) },
    ...(gate && { gate }),
  };
  return decide(features, snapshot, features.failedAtMs ?? decidedAtMs, createRng(rngSeed));
}

function correctionOf({ shift = 0, shiftDeviation = 0, oddsPrecision: precision }: Evidence): Correction {
  return shift === 0 && shiftDeviation === 0 ? NO_CORRECTION : { shift, deviation: shiftDeviation, precision };
}

function repeatAnswer(answer: Proposal | Abstention): Layer {
  return () => answer;
}

/** Only where it was too old to retry by, nobody was asked. */
function freshnessOf({ reasons, method }: Recommendation): ConfigurationFreshness {
  if (!reasons.includes('config_stale')) return 'confirmed';
  return method === 'guardrails' ? 'expired' : 'stale';
}
