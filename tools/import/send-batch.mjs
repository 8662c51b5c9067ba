const MAX_TRIES = 10;
const FIRST_WAIT_MS = 500;
const MAX_WAIT_MS = 60_000;
const BUSY = [429, 503];

/**
 * Sends JSON texts as one batch and answers its results, in order. Waits and sends again as a busy server asks it to, and
 * when there is no answer: what was stored before counts once.
 */
export async function sendBatch(url, texts, { key, wait, onWait }) {
  const body = `{"attempts":[${texts.join(',')}]}`;
  const headers = { 'content-type': 'application/json', ...(key && { authorization: `Bearer ${key}` }) };
  for (let tries = 1; ; tries++) {
    const outcome = await post(url, headers, body);
    if (outcome.results !== undefined) return outcome.results;
    if (!outcome.isPassing || tries === MAX_TRIES) throw new Error(`${url}: ${outcome.problem}`);
    const waitMs = Math.min(MAX_WAIT_MS, outcome.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (tries - 1));
    onWait(waitMs, outcome.problem);
    await wait(waitMs);
  }
}

async function post(url, headers, body) {
  let response;
  let answer;
  try {
    response = await fetch(url, { method: 'POST', headers, body });
    answer = await response.json();
  } catch (error) {
    const isNotJson = response !== undefined && error instanceof SyntaxError;
    return { isPassing: !isNotJson, problem: isNotJson ? 'answered something else than JSON' : describe(error) };
  }
  if (response.ok && Array.isArray(answer.results)) return { results: answer.results };
  return {
    isPassing: BUSY.includes(response.status),
    retryAfterMs: readRetryAfterMs(response.headers.get('retry-after')),
    problem: `answered ${response.status}, ${answer.details ?? 'and no results'}`,
  };
}

/** Seconds or an HTTP date; undefined when there is neither. */
export function readRetryAfterMs(text, nowMs = Date.now()) {
  if (text === null) return undefined;
  if (/^\d+$/.test(text)) return 1_000 * Number(text);
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}

/** `fetch` itself only says that it failed. */
function describe(error) {
  return error.cause?.code ?? error.cause?.message ?? error.message;
}
