import type { Abstention, LayerName, ReasonCode } from './recommendation.js';

/** By layer, then by reason: both are few. */
const silences = new Map<LayerName, Map<ReasonCode, Abstention>>();

/** The abstention of a layer for a reason alone: one frozen object each, since nearly every decision has some. */
export function silenceOf(layer: LayerName, reason: ReasonCode): Abstention {
  let ofLayer = silences.get(layer);
  if (ofLayer === undefined) silences.set(layer, (ofLayer = new Map<ReasonCode, Abstention>()));
  let silence = ofLayer.get(reason);
  if (silence === undefined) ofLayer.set(reason, (silence = Object.freeze({ kind: 'abstention', layer, reason })));
  return silence;
}
