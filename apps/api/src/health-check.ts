const DEFAULT_PORT = '8080';

// What the image's HEALTHCHECK runs: ends with 0 where the server beside it answers.
const url = `http://127.0.0.1:${process.env['RETRY_PORT'] ?? DEFAULT_PORT}/api/v1/retry/health`;
process.exitCode = await fetch(url).then(
  ({ ok }) => (ok ? 0 : 1),
  () => 1,
);
