import { FIRST_TRIES_PER_SECOND } from './metered.mjs';
import { LIMITS } from './operator.mjs';
import { MAX_STALE_MS, REPLICAS } from './schedule.mjs';

const STOP_WITHIN_MS = 1_000;
/** When a process last heard from a store, before it was cut off, is not known to the drill more exactly. */
const STALE_WITHIN_MS = 2_000;
const SPAN_MS = 10_000;
/** Its share of first tries, grown by a quarter while all is well; a tenth for what is not known of their rate. */
const SPAN_BUDGET = (LIMITS.max_budget_percent / 100) * 1.25 * FIRST_TRIES_PER_SECOND * (SPAN_MS / 1_000) * 1.1;

/** Everything that must hold after a run, each with what it was found by. `books` is what the stores hold. */
export function checkInvariants({ schedule, observations, books, links }) {
  return [
    nothingLost(observations, books),
    nothingTwice(observations, books),
    withinGuardrails(observations),
    stoppedInTime(observations, links),
    staleStopped(observations),
    withinBudget(observations, schedule),
    ordersOutlive(observations, books),
    everyDecisionKept(observations, books),
    onlyHonestFailures(observations),
    ledgerIntact(books),
    changesEntered(observations, books),
  ];
}

function nothingLost({ reports }, { stored }) {
  const missing = [...reports].filter(([identity, isAcknowledged]) => isAcknowledged && !stored.has(identity));
  return verdict('lost', 'no acknowledged attempt is lost', missing.length === 0, `${missing.length} missing`);
}

function nothingTwice({ reports, forgotten }, { stored, retries, rolledUpRetries }) {
  const twice = [...stored.values()].filter((count) => count > 1).length;
  const unknown = [...stored.keys()].filter((identity) => !reports.has(identity)).length;
  const isHeld = twice === 0 && unknown === 0 && forgotten === 0 && retries === rolledUpRetries;
  const found = `${twice} stored twice, ${unknown} that nobody sent, ${forgotten} called new again, roll-ups ${rolledUpRetries} of ${retries}`;
  return verdict('twice', 'no attempt is counted twice', isHeld, found);
}

function withinGuardrails({ answers }) {
  const above = answers.filter(
    ({ retries, delayMs, attemptNumber, maxAttempts }) =>
      maxAttempts > LIMITS.max_attempts ||
      (retries && (delayMs > LIMITS.max_delay_ms || attemptNumber >= LIMITS.max_attempts)),
  );
  return verdict(
    'guardrail',
    'no answer is above a guardrail',
    above.length === 0,
    `${above.length} of ${answers.length}`,
  );
}

/** Answers that must not be retries, from those who could hear of a stop all the time since. */
export function answersAfterStops({ answers, stops }, links) {
  return stops.flatMap(({ acknowledgedMs, endedMs }) =>
    answers.filter(
      ({ replica, startedMs, endedMs: answeredMs }) =>
        startedMs >= acknowledgedMs + STOP_WITHIN_MS &&
        answeredMs <= endedMs &&
        links.reaches(replica, REPLICAS, acknowledgedMs, answeredMs),
    ),
  );
}

function stoppedInTime(observations, links) {
  const judged = answersAfterStops(observations, links);
  const late = judged.filter(({ retries }) => retries);
  const isHeld = late.length === 0 && judged.length > 0;
  return verdict(
    'emergencyStop',
    'nobody retries 1 s after a stop',
    isHeld,
    `${late.length} of ${judged.length} answers`,
  );
}

/** Who has reached no store for so long cannot rule out that retries were stopped. */
function staleStopped({ answers, isolations }) {
  const judged = isolations.flatMap(({ replica, fromMs, toMs }) =>
    answers.filter(
      (answer) =>
        answer.replica === replica &&
        answer.startedMs >= fromMs + MAX_STALE_MS + STALE_WITHIN_MS &&
        answer.endedMs <= toMs,
    ),
  );
  const wrong = judged.filter(({ retries, reasons }) => retries || !reasons.includes('config_stale'));
  // A run in which nobody was cut off for so long has nothing to judge.
  const isHeld = wrong.length === 0 && (isolations.length === 0 || judged.length > 0);
  const found = `${wrong.length} of ${judged.length} answers`;
  return verdict('stale', 'whoever is cut off from both stores stops after max_stale', isHeld, found);
}

/**
 * Retries by when they are due, in spans of ten seconds of the clock of whoever gave them: what the budget holds at most, and
 * once more for what each process may have given away of its part before it heard of the others; a third time for what was
 * booked when Redis forgot it, as far ahead as a wait goes, and by clocks as wrong as there are.
 */
function withinBudget({ booked, redisKills }, { faults }) {
  const skews = [0, ...faults.map(({ skewMs = 0 }) => skewMs)];
  const forgotten = redisKills.map((atMs) => ({
    fromMs: atMs + Math.min(...skews),
    toMs: atMs + Math.max(...skews) + LIMITS.max_delay_ms,
  }));
  const spans = new Map();
  for (const { fromMs, toMs } of booked) {
    const span = Math.floor(fromMs / SPAN_MS);
    if (span === Math.floor(toMs / SPAN_MS)) spans.set(span, (spans.get(span) ?? 0) + 1);
  }
  const mayHold = (span) => {
    const isForgotten = forgotten.some(({ fromMs, toMs }) => (span + 1) * SPAN_MS > fromMs && span * SPAN_MS < toMs);
    return SPAN_BUDGET * (isForgotten ? 3 : 2);
  };
  const over = [...spans].filter(([span, retries]) => retries > mayHold(span));
  const most = Math.max(0, ...[...spans].map(([span, retries]) => retries / mayHold(span)));
  const isHeld = over.length === 0 && spans.size > 0;
  const found = `${over.length} of ${spans.size} spans over, at most ${Math.round(100 * most)} % of what may be`;
  return verdict('budget', 'no retry budget is overspent by more than a part for each API', isHeld, found);
}

/** Each order ends once, with one model that is whole; at least one of them outlived its trainer. */
function ordersOutlive({ trainings }, { models }) {
  const unfinished = trainings.filter(({ state }) => state !== 'succeeded');
  const versions = new Set(trainings.map(({ version }) => version));
  const isOneEach = models.length === trainings.length && models.every(({ version }) => versions.has(version));
  const whole = models.every(({ bytes }) => bytes > 0);
  const outlived = trainings.filter(({ state, runs }) => state === 'succeeded' && runs > 1).length;
  const isHeld = unfinished.length === 0 && isOneEach && whole && (trainings.length === 0 || outlived > 0);
  const orders = trainings.map(({ state, runs }) => `${state} in run ${runs}`).join(', ') || 'no trainer was killed';
  return verdict(
    'training',
    'an order outlives its trainer, and ends once',
    isHeld,
    `${orders}; ${models.length} models`,
  );
}

/** A process that is killed takes with it what it had not written yet: at most what it was seen to owe, and all later answers. */
function everyDecisionKept({ answers, owed }, { decisionIds }) {
  const missing = new Map();
  for (const { id, replica, lifetime, endedMs } of answers) {
    if (decisionIds.has(id)) continue;
    const key = `${replica}/${lifetime}`;
    const { wasKilled, atMs } = owed.get(key) ?? {};
    if (wasKilled && endedMs >= atMs) continue;
    missing.set(key, (missing.get(key) ?? 0) + 1);
  }
  const excess = [...missing].filter(([key, count]) => {
    const { pending = 0, dropped = 0, wasKilled } = owed.get(key) ?? {};
    return count > dropped + (wasKilled ? pending : 0);
  });
  const total = [...missing.values()].reduce((sum, count) => sum + count, 0);
  const found = `${decisionIds.size} kept, ${total} of ${answers.length} missing, unaccounted for in ${excess.length} processes`;
  return verdict('audit', 'every decision is kept or counted as dropped', excess.length === 0, found);
}

function onlyHonestFailures({ statuses }) {
  const wrong = [...statuses].filter(([status]) => status >= 500 && status !== 503);
  const found = [...statuses].map(([status, count]) => `${status}: ${count}`).join(', ');
  return verdict('status', 'no 5xx but 503', wrong.length === 0, found);
}

function ledgerIntact({ ledger }) {
  const found = ledger.problem ?? `${ledger.intactEntries} entries`;
  return verdict('ledger', 'the ledger of changes is intact', ledger.problem === null, found);
}

/** Each once: one that was sent again because nobody answered found it changed already. */
function changesEntered({ changes: acknowledged }, { changes: entered }) {
  const wrong = acknowledged.filter((reason) => entered.filter((other) => other === reason).length !== 1);
  const found = `${wrong.length} of ${acknowledged.length} changes`;
  return verdict('changes', 'every acknowledged change is in the ledger, once', wrong.length === 0, found);
}

function verdict(name, title, isHeld, found) {
  return { name, title, isHeld, found };
}
