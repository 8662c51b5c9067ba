import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import type { Layout } from './layout.js';
import { openLease, openLeaseReader, type Lease } from './lease.js';
import { POSTGRES_ENVIRONMENT } from './run-command.js';

/**
 * Runs the server (`$2…`) for as long as standard input, the lease pipe, has a writer; then stops it fast, which keeps every
 * commit. The file `$1` is there while the server is in use: made by whoever found it ready, removed when nobody is left.
 * Ends the server in that time, in whatever way, it is started again; one that was never used has failed to start. A shell,
 * because it must outlive the process that started it, and a second Node.js would cost more memory than Postgres.
 */
const GUARD_SCRIPT = `
in_use=$1
shift
rm -f "$in_use"
exec 3<&0 </dev/null
while :; do
  "$@" 3<&- &
  server=$!
  # The signal is repeated: until the server has its handlers, it ignores it, as every background job of a shell does.
  { while read -r _ <&3; do :; done; rm -f "$in_use"; while kill -INT "$server"; do sleep 0.1; done; } 2>/dev/null &
  watcher=$!
  wait "$server"
  status=$?
  kill "$watcher"
  [ -e "$in_use" ] || exit "$status"
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
    const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'postgres-guard', layout.inUsePath, ...server], {
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
