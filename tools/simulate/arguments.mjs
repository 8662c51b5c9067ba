import { parseArgs } from 'node:util';
import { BASELINES, WORLD_FAMILIES } from '../../libs/simulation/dist/index.js';

/** Our own decider: in this process, with a trainer beside it, for workers that never ask again, that report no first tries, that do neither and tell no more than they have to, and through the real API. */
export const OURS = 'ours';
export const OURS_WITH_MODELS = 'ours-ml';
export const OURS_ASKED_ONCE = 'ours-asked-once';
export const OURS_UNCOUNTED = 'ours-uncounted';
export const OURS_TOLD_LEAST = 'ours-told-least';
export const OURS_OVER_HTTP = 'ours-http';
const ALL_OURS = [OURS, OURS_WITH_MODELS, OURS_ASKED_ONCE, OURS_UNCOUNTED, OURS_TOLD_LEAST, OURS_OVER_HTTP];

/** How the callers of one of ours, in this process, use it. */
export function callerOf(decider) {
  return {
    asksAgain: ![OURS_ASKED_ONCE, OURS_TOLD_LEAST].includes(decider),
    countsFirstTries: ![OURS_UNCOUNTED, OURS_TOLD_LEAST].includes(decider),
    tellsLeast: decider === OURS_TOLD_LEAST,
  };
}

/** Before those that are published, which are to stay unseen. */
const HELD_OUT_SEEDS = '1001-1015';
/** The run whose result is committed. */
const PUBLISHED = {
  seeds: 'held-out:1105-1112',
  deciders:
    'rules,full-jitter,celery,sidekiq,oracle,oracle-guarded,ours,ours-ml,ours-uncounted,ours-asked-once,ours-told-least',
  out: 'docs/benchmarks',
};

export const USAGE =
  'usage: simulate [--worlds a,b] [--seeds 1-8|held-out] [--deciders a,b] [--http] [--out folder] [--publish]';

export function parseArguments(args) {
  const { values: given } = parseArgs({
    args,
    options: {
      worlds: { type: 'string' },
      seeds: { type: 'string' },
      deciders: { type: 'string' },
      http: { type: 'boolean', default: false },
      out: { type: 'string' },
      publish: { type: 'boolean', default: false },
    },
  });
  const values = { seeds: '1-8', ...(given.publish && PUBLISHED), ...given };
  const isHeldOut = values.seeds.startsWith('held-out');
  const worlds = WORLD_FAMILIES.map(({ name }) => name);
  const baselines = BASELINES.map(({ name }) => name);
  const ours = values.http ? OURS_OVER_HTTP : OURS;
  return {
    worlds: choose('world', values.worlds, worlds),
    deciders:
      values.deciders === undefined
        ? [...baselines, ours]
        : choose('decider', values.deciders, [...baselines, ...ALL_OURS]),
    split: isHeldOut ? 'held-out' : 'tuning',
    seeds: parseSeeds(isHeldOut ? (values.seeds.split(':')[1] ?? HELD_OUT_SEEDS) : values.seeds),
    out: values.out,
    isPublished: values.publish,
  };
}

function choose(what, text, known) {
  const chosen = text === undefined ? known : text.split(',');
  const unknown = chosen.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new Error(`no ${what} ${unknown.join(', ')}; there are: ${known.join(', ')}`);
  return chosen;
}

function parseSeeds(text) {
  return text.split(',').flatMap((part) => {
    const [first, last = first] = part.split('-').map(Number);
    if (!Number.isSafeInteger(first) || !Number.isSafeInteger(last) || first > last) {
      throw new Error(`--seeds ${text}: wanted 1-8, 3,5 or held-out`);
    }
    return Array.from({ length: last - first + 1 }, (_, i) => first + i);
  });
}
