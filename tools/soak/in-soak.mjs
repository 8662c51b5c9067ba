// Loaded into the API of the soak before anything else (`node --expose-gc --import`); the API itself knows of nothing.
// Its day ends when the soak wants it to (DRILL_CLOCK_SKEW_MS), what it does once an hour it does once a minute, and it says
// what it holds after a collection of garbage when it is asked.
import '../drill/in-drill.mjs';
import { monitorEventLoopDelay } from 'node:perf_hooks';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const NANOSECONDS_PER_MS = 1e6;

const realSetTimeout = globalThis.setTimeout;
globalThis.setTimeout = (task, delayMs, ...rest) =>
  realSetTimeout(task, delayMs === HOUR_MS ? MINUTE_MS : delayMs, ...rest);

const lag = monitorEventLoopDelay({ resolution: 10 });
lag.enable();

process.on('message', ({ collects }) => {
  const lagP99Ms = lag.percentile(99) / NANOSECONDS_PER_MS;
  lag.reset();
  if (collects) globalThis.gc();
  const { heapUsed, rss, external, arrayBuffers } = process.memoryUsage();
  process.send({ heapBytes: heapUsed, rssBytes: rss, externalBytes: external + arrayBuffers, lagP99Ms, collects });
});
process.channel.unref();
