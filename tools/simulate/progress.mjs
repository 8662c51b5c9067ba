/** Says on stderr how far a long run is: one changing line on a terminal, else a line for each tenth. */
export function createProgress(total) {
  const isTerminal = process.stderr.isTTY === true;
  const startedAt = performance.now();
  let done = 0;
  let saidTenths = 0;
  return {
    advance(what) {
      const seconds = Math.round((performance.now() - startedAt) / 1_000);
      const line = `${++done} of ${total} played, ${seconds} s: ${what}`;
      if (isTerminal) process.stderr.write(`\r${line.padEnd(79).slice(0, 79)}`);
      else if (Math.floor((10 * done) / total) > saidTenths) {
        saidTenths = Math.floor((10 * done) / total);
        process.stderr.write(`${line}\n`);
      }
    },
    end() {
      if (isTerminal) process.stderr.write(`\r${''.padEnd(79)}\r`);
    },
  };
}
