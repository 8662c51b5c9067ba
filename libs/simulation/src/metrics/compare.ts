import { bootstrap, type Estimate } from './bootstrap.js';

/** Utilities by decider, then by seed; the seeds are the same and in the same order everywhere. */
export type UtilitiesByDecider = ReadonlyMap<string, readonly number[]>;

export interface Standing {
  readonly decider: string;
  readonly utility: Estimate;
  /** `(U − U_rules) / (U_ceiling − U_rules)`; null where there is too little between the two to speak of. */
  readonly shareClosed: Estimate | null;
  /** Utility over that of the best static policy, seed by seed. */
  readonly overBestStatic: Estimate;
}

export interface Comparison {
  readonly ceiling: string;
  readonly bestStatic: string;
  readonly gap: number;
  readonly standings: readonly Standing[];
}

export interface ComparisonRoles {
  /** The decider that all the way is measured from. */
  readonly rules: string;
  readonly statics: ReadonlySet<string>;
}

const LEAST_GAP = 0.01;

/** Ranks the deciders of one scenario; the ceiling is the best of them all, whoever it is. */
export function compareDeciders(utilities: UtilitiesByDecider, { rules, statics }: ComparisonRoles): Comparison {
  const names = [...utilities.keys()];
  const all = (name: string) => utilities.get(name) ?? [];
  const ceiling = bestOf(names, utilities);
  const bestStatic = bestOf(
    names.filter((name) => statics.has(name)),
    utilities,
  );
  const seeds = all(ceiling).length;
  const gap = meanOf(all(ceiling)) - meanOf(all(rules));
  const standings = names.map((decider): Standing => {
    const own = all(decider);
    return {
      decider,
      utility: bootstrap(seeds, (units) => meanOf(own, units)),
      shareClosed:
        gap < LEAST_GAP
          ? null
          : bootstrap(seeds, (units) => {
              const floor = meanOf(all(rules), units);
              return (meanOf(own, units) - floor) / (meanOf(all(ceiling), units) - floor);
            }),
      overBestStatic: bootstrap(seeds, (units) => meanOf(own, units) - meanOf(all(bestStatic), units)),
    };
  });
  return { ceiling, bestStatic, gap, standings };
}

/** The mean share closed over those scenarios in which there is something to close, by decider. */
export function averageShareClosed(comparisons: readonly Comparison[], decider: string): number | null {
  const shares = comparisons.flatMap(({ standings }) => {
    const share = standings.find((standing) => standing.decider === decider)?.shareClosed;
    return share == null ? [] : [share.value];
  });
  return shares.length === 0 ? null : meanOf(shares);
}

function bestOf(names: readonly string[], utilities: UtilitiesByDecider): string {
  const [first, ...rest] = names;
  if (first === undefined) throw new RangeError('nobody to compare');
  const score = (name: string) => meanOf(utilities.get(name) ?? []);
  return rest.reduce((best, name) => (score(name) > score(best) ? name : best), first);
}

function meanOf(values: readonly number[], units: readonly number[] = values.map((_, i) => i)): number {
  return units.reduce((sum, unit) => sum + (values[unit] ?? NaN), 0) / units.length;
}
