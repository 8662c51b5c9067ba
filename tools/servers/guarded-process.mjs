import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';

/** Runs `$@` until standard input ends: when the process at its other end stops it, or dies in whatever way. */
const GUARD_SCRIPT = `
exec 3<&0 </dev/null
"$@" 3<&- &
server=$!
{ read -r _ <&3; while kill -TERM "$server"; do sleep 0.1; done; } 2>/dev/null &
watcher=$!
wait "$server"
status=$?
kill "$watcher"
exit "$status"
`;

/**
 * Starts a server that cannot outlive this process, `kill -9` included.
 *
 * @param {readonly string[]} command
 * @param {{ logPath: string, env?: NodeJS.ProcessEnv }} options
 */
export function startGuarded(command, { logPath, env = process.env }) {
  const log = openSync(logPath, 'a');
  // Detached: Ctrl-C is for the process that started it, which may still need the server.
  const guard = spawn('/bin/sh', ['-c', GUARD_SCRIPT, 'server-guard', ...command], {
    detached: true,
    stdio: ['pipe', log, log],
    env,
  });
  closeSync(log);
  const exited = once(guard, 'exit');
  guard.unref();
  guard.stdin.unref();
  return {
    hasExited: () => guard.exitCode !== null || guard.signalCode !== null,
    async stop() {
      guard.ref();
      guard.stdin.destroy();
      await exited;
    },
  };
}
