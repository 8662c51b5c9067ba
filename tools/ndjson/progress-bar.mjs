const WIDTH = 30;
const MIN_GAP_MS = 100;
/** Into a file or a pipe nothing is said of runs that are over sooner. */
const SILENT_MS = 3_000;

/**
 * Shows on stderr how far a long run is: a bar on a terminal, else a line for each tenth. `share`: 0–1, null when unknown.
 *
 * @param {string} what
 * @param {{ isTTY?: boolean, write: (text: string) => unknown }} [output]
 */
export function createProgressBar(what, output = process.stderr) {
  const isTerminal = output.isTTY === true;
  const startedAtMs = performance.now();
  let saidAtMs = 0;
  let saidTenths = 0;
  return {
    show(share, detail) {
      const nowMs = performance.now();
      if (isTerminal) {
        if (nowMs - saidAtMs < MIN_GAP_MS) return;
        saidAtMs = nowMs;
        output.write(`\r${`${what} ${drawBar(share)} ${detail}`.padEnd(79).slice(0, 79)}`);
      } else if (share !== null && nowMs - startedAtMs > SILENT_MS && Math.floor(10 * share) > saidTenths) {
        saidTenths = Math.floor(10 * share);
        output.write(`${`${what} ${10 * saidTenths} % ${detail}`.trimEnd()}\n`);
      }
    },
    end() {
      if (isTerminal) output.write(`\r${''.padEnd(79)}\r`);
    },
  };
}

function drawBar(share) {
  if (share === null) return '';
  const full = Math.round(WIDTH * Math.min(1, share));
  return `[${'#'.repeat(full).padEnd(WIDTH)}] ${String(Math.floor(100 * Math.min(1, share))).padStart(3)} %`;
}
