import { register, syncBuiltinESMExports } from 'node:module';
import os from 'node:os';

// Loaded into each process of the drill before anything else (`node --import`): a clock that is wrong by
// DRILL_CLOCK_SKEW_MS, an end when the drill has died in whatever way, and in a control the protection of DRILL_SWITCHED_OFF
// taken out. The process itself knows of none of it.
// A trainer steps back behind whatever else the machine does: here it would wait for its turn, and the drill for it.
os.setPriority = () => undefined;
syncBuiltinESMExports();

const invariant = process.env.DRILL_SWITCHED_OFF;
if (invariant !== undefined) {
  register('./switched-off.mjs', import.meta.url, {
    data: { invariant, rootUrl: new URL('../../', import.meta.url).href },
  });
}

const skewMs = Number(process.env.DRILL_CLOCK_SKEW_MS ?? 0);
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();

const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + skewMs);
    else super(...args);
  }

  static now() {
    return RealDate.now() + skewMs;
  }
};
