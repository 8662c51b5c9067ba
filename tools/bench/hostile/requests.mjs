import { createRng } from '../../../libs/domain/dist/index.js';

const WORKER_ROUTES = [
  '/recommendation',
  '/recommendation/batch',
  '/preview',
  '/attempt',
  '/attempt/batch',
  '/attempt/counts',
];
const OPERATOR_ROUTES = [
  '/policies',
  '/policies/test',
  '/strategy',
  '/guardrails',
  '/ml/train',
  '/ml/deploy',
  '/ml/rollback',
  '/bayesian/update',
  '/what-if',
  '/keys',
];
const READ_ROUTES = [
  '/stats',
  '/decisions',
  '/audit',
  '/dependencies',
  '/bayesian',
  '/configuration/history',
  '/ml/jobs',
  '/ml/models',
  '/metrics',
  '/data/export',
];
/** The most that a batch of recommendations may hold. */
const FLOOD_BATCH = 1_000;
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const HOSTILE_TEXTS = [
  '\u0000',
  '\ud800',
  '\u202e',
  '__proto__',
  'constructor',
  "'; DROP TABLE attempts; --",
  '../../../../etc/passwd',
  '%00%0a%0d',
  '{{7*7}}',
  '${jndi:ldap://x}',
  '😀'.repeat(100),
  ' ',
  '',
];
/** What makes a regular expression go back and forth when it is repeated, and something else follows. */
const PIECES = ['f', '0', 'e3b0c442', 'deadbeef-', 'a.', ' ', '/', '\\'];
const HOSTILE_NUMBERS = [-1, 0, -0, 1.5, 1e308, -1e308, 5e-324, 2 ** 53, 2 ** 63, 1e21, 0.1 + 0.2];
const HOSTILE_PATTERNS = ['(a+)+$', '(', '[', '(?=x)', '\\1', '('.repeat(500), 'a{1000}{1000}', '(?<n>x)(?<n>y)'];

/**
 * Valid batches whose every name is new: as many as fill every memory that keeps names to its bound.
 *
 * @param {number} count of names
 */
export function* createFlood(count) {
  for (let from = 0; from < count; from += FLOOD_BATCH) {
    const failures = Array.from({ length: FLOOD_BATCH }, (_, i) => unseenFailure(`f-${from + i}`));
    yield { method: 'POST', path: '/recommendation/batch', body: JSON.stringify({ features: failures }) };
    const attempts = failures.map((failure, i) => ({ ...failure, attempt_number: 2, success: i % 2 === 0 }));
    yield { method: 'POST', path: '/attempt/batch', body: JSON.stringify({ attempts }) };
  }
}

function unseenFailure(name) {
  const named = { job_type: name, error_class: name, error_code: name, tenant: name, queue: name, dependency: name };
  return { ...named, job_id: name, attempt_number: 1 };
}

/**
 * Hostile requests without end, the same for the same seed: broken and huge bodies, wrong types, names made to be
 * remembered, wrong methods, paths, queries and headers, and bytes that are no HTTP at all.
 *
 * @param {number} seed
 */
export function createHostileRequests(seed) {
  const rng = createRng([seed, 0x686f, 0x7374, 0x696c]);
  const below = (n) => Math.floor(rng() * n);
  const pick = (values) => values[below(values.length)];
  let made = 0;

  const repeated = () => pick(PIECES).repeat(2 ** below(13)) + pick(['', 'z', '_part', '!']);
  const text = () => pick([() => pick(HOSTILE_TEXTS), () => 'x'.repeat(2 ** below(15)), repeated])();
  const value = (depth = 0) => {
    switch (below(depth > 3 ? 6 : 9)) {
      case 0:
        return text();
      case 1:
        return pick(HOSTILE_NUMBERS);
      case 2:
        return null;
      case 3:
        return rng() < 0.5;
      case 4:
        return `${pick(HOSTILE_NUMBERS)}`;
      case 5:
        return new Date(below(4e12) - 1e12).toISOString();
      case 6:
        return Array.from({ length: below(20) }, () => value(depth + 1));
      default:
        return Object.fromEntries(Array.from({ length: below(8) }, () => [text().slice(0, 64), value(depth + 1)]));
    }
  };
  const failedJob = () => ({ job_type: 'hostile', error_class: 'timeout', attempt_number: 1 });
  const spoiled = (body) => ({
    ...body,
    [pick([...Object.keys(body), 'tenant', 'queue', 'dependency', 'deadline_at', 'error_message'])]: value(),
  });
  const unseen = () => `n-${made}-${below(1e9)}`;
  /** Valid, and made to fill every memory that keeps names. */
  const flooding = () => unseenFailure(unseen());
  const report = () => ({ ...flooding(), attempt_number: 2, success: rng() < 0.5 });
  const post = (path, body) => ({ method: 'POST', path, body: typeof body === 'string' ? body : JSON.stringify(body) });
  const nested = () => {
    const depth = 10 ** (1 + below(4));
    return '['.repeat(depth) + (rng() < 0.5 ? ']'.repeat(depth) : '');
  };

  const kinds = [
    () => post(pick(WORKER_ROUTES), spoiled(failedJob())),
    () => post(pick(WORKER_ROUTES), value()),
    () => post('/recommendation', flooding()),
    () => post('/attempt', report()),
    () => post('/recommendation/batch', { features: Array.from({ length: below(20) }, () => spoiled(failedJob())) }),
    () => post('/attempt/batch', { attempts: Array.from({ length: below(20) }, () => spoiled(report())) }),
    () => post(pick([...WORKER_ROUTES, ...OPERATOR_ROUTES]), nested()),
    () => post(pick([...WORKER_ROUTES, ...OPERATOR_ROUTES]), JSON.stringify(failedJob()).slice(0, below(60))),
    () => post(pick(OPERATOR_ROUTES), { name: '', hostile: value(), [text().slice(0, 64)]: value() }),
    () => post('/policies', { name: unseen(), error_patterns: [pick(HOSTILE_PATTERNS)], max_attempts: 'none' }),
    () => ({
      method: 'GET',
      path: `${pick(READ_ROUTES)}?${encodeURIComponent(text().slice(0, 200).toWellFormed())}=${below(9)}`,
    }),
    () => ({
      method: 'GET',
      path: `${pick(READ_ROUTES)}?limit=${pick(HOSTILE_NUMBERS)}&cursor=${unseen()}&tenant=${unseen()}`,
    }),
    () => ({ method: 'GET', path: `/decisions/${encodeURIComponent(text().slice(0, 500).toWellFormed())}` }),
    () => ({
      method: pick(METHODS),
      path: pick([...WORKER_ROUTES, ...OPERATOR_ROUTES, ...READ_ROUTES, `/${unseen()}`]),
    }),
    () => ({
      ...post(pick(WORKER_ROUTES), spoiled(failedJob())),
      headers: { 'content-type': pick(['text/xml', 'application/json; charset=utf-7', '']) },
    }),
    () => ({
      ...post('/recommendation', flooding()),
      headers: { 'x-api-key': 'k'.repeat(below(4_000)), 'idempotency-key': unseen() },
    }),
    () => ({ ...post('/attempt', 'x'.repeat(below(200_000))) }),
    () => ({
      bytes: pick([
        'GET / HTTP/9.9\r\n\r\n',
        `POST /api/v1/retry/attempt HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-length: 10\r\ncontent-length: 20\r\n\r\n{}`,
        `POST /api/v1/retry/attempt HTTP/1.1\r\nhost: 127.0.0.1\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nzz\r\n`,
        `GET /api/v1/retry/health HTTP/1.1\r\nhost: evil.example\r\n\r\n`,
        `GET /api/v1/retry/health HTTP/1.1\r\n${'h: v\r\n'.repeat(5_000)}\r\n`,
        '\u0016\u0003\u0001\u0002\u0000',
        'POST /api/v1/retry/recommendation HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{"a',
      ]),
    }),
  ];
  return () => {
    made++;
    return pick(kinds)();
  };
}
