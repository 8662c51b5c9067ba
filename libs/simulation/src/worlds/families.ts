import type { WorldFamily } from '../world.js';
import { BLIPS } from './blips.js';
import { DRIFT } from './drift.js';
import { NIGHTLY_MAINTENANCE } from './maintenance.js';
import { METASTABLE_OVERLOAD, RECOVERY_HERD } from './overloads.js';
import { BROKEN_CLIENT, HEAVY_TAILED_OUTAGES, LONG_OUTAGES, SHORT_OUTAGES } from './outage-families.js';
import { POISON_BY_CODE, POISON_BY_PAYLOAD } from './poison.js';
import { RATE_LIMIT_WITH_HINTS, RATE_LIMIT_WITH_WRONG_HINTS, RATE_LIMIT_WITHOUT_HINTS } from './rate-limits.js';

/** Every kind of world, in the order of the tables. */
export const WORLD_FAMILIES: readonly WorldFamily[] = [
  BLIPS,
  SHORT_OUTAGES,
  LONG_OUTAGES,
  HEAVY_TAILED_OUTAGES,
  RATE_LIMIT_WITHOUT_HINTS,
  RATE_LIMIT_WITH_HINTS,
  RATE_LIMIT_WITH_WRONG_HINTS,
  METASTABLE_OVERLOAD,
  RECOVERY_HERD,
  POISON_BY_CODE,
  POISON_BY_PAYLOAD,
  NIGHTLY_MAINTENANCE,
  DRIFT,
  BROKEN_CLIENT,
];
