import { fileURLToPath } from 'node:url';

/**
 * For controls: what protects an invariant, in the built files, and what stands there instead while it is switched off. By
 * the name of the invariant: path from the root, text, replacement.
 */
export const SWITCHED_OFF = {
  guardrail: [
    ['libs/guardrails/dist/terminal-guardrails.js', 'features.attemptNumber >= guardrails.maxAttempts', 'false'],
    ['libs/guardrails/dist/apply-guardrails.js', 'maxMs = limits.maxDelayMs', 'maxMs = Number.MAX_SAFE_INTEGER'],
    ['libs/engine/dist/server-hint.js', 'if (hintMs > longestMs)', 'if (false)'],
  ],
  emergencyStop: [['libs/guardrails/dist/terminal-guardrails.js', 'emergency !== null', 'false']],
  stale: [['libs/guardrails/dist/terminal-guardrails.js', 'isConfigurationExpired === true', 'false']],
  budget: [['libs/guardrails/dist/fleet/admit-retry.js', 'room.second !== wanted', 'false']],
  audit: [
    ['libs/engine/dist/background/audit-trail.js', 'if (this.#isStoreAway) return;', ''],
    ['libs/engine/dist/background/audit-trail.js', 'this.#dropped += batch.length;', ''],
  ],
  status: [['apps/api/dist/http/problem.js', 'unavailable: 503', 'unavailable: 500']],
  changes: [['libs/storage/dist/postgres/append-change.js', 'await transaction.query(INSERT, row);', '']],
};

let root;
let changes = [];

/** Called by Node before any module is loaded. */
export function initialize({ invariant, rootUrl }) {
  root = fileURLToPath(rootUrl);
  changes = SWITCHED_OFF[invariant] ?? [];
}

/** A hook of Node's module loader. @throws where the text to replace is not there once: a control must not run unchanged */
export async function load(url, context, nextLoad) {
  const loaded = await nextLoad(url, context);
  if (!url.startsWith('file:')) return loaded;
  const path = fileURLToPath(url);
  const mine = changes.filter(([file]) => path === `${root}${file}`);
  if (mine.length === 0) return loaded;
  let source = String(loaded.source);
  for (const [file, text, replacement] of mine) {
    const places = [...source.matchAll(patternOf(text))];
    if (places.length !== 1) throw new Error(`${file} does not contain ${JSON.stringify(text)} once`);
    source = source.replace(places[0][0], replacement);
  }
  return { ...loaded, source };
}

/** Compilers break lines differently. */
function patternOf(text) {
  const literal = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(literal.replaceAll(' ', '\\s+'), 'g');
}
