import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Layout } from './layout.js';
import { openLease, openLeaseReader, type Lease } from './lease.js';
import { POSTGRES_ENVIRONMENT } from './run-command.js';

/**
 * Runs the server (`$@`) for as long as standard input, the lease pipe, has a writer; then stops it fast, which keeps every
 * commit. A server that a signal killed is started again. A shell, because it must outlive the process that started it,
 * and a second Node.js would cost more memory than Postgres.
 */
const GUARD_SCRIPT = `
exec 3<&0 </dev/null
while :; do
  "$@" 3<&- &
  server=$!
  # The signal is repeated: until the server has its handlers, it ignores it, as every background job of a shell does.
  { while read -r _ <&3; do :; done; while kill -INT "$server"; do sleep 0.1; done; } 2>/dev/null &
  watcher=$!
  wait "$server"
  status=$?
  kill "$watcher"
  [ "$status" -ge 128 ] || exit "$status"
  sleep 1
done
`;

/** Starts `server` below a new guard and answers the first lease. */
export function startGuard(layout: Layout, server: readonly string[]): Lease {
  const reader = openLeaseReader(layout.leasePath);
  const log = openSync(layout.logPath, 'a', 0o600);
  try {
    const lease = openLease(layout.leasePath);
    if (lease === undefined) throw new Error('a pipe that is being read cannot be opened for writing');
    // Detached: Ctrl-C reaches the whole group of the terminal, and the server must outlive the last flush of its users.
    const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'postgres-guard', ...server], {
      detached: true,
      stdio: [reader, log, log],
      env: POSTGRES_ENVIRONMENT,
      cwd: '/',
    });
    guard.unref();
    return lease;
  } finally {
    closeSync(reader);
    closeSync(log);
  }
}
