import { describe, expect, it } from '@jest/globals';
import { compareDeciders } from '../../libs/simulation/dist/index.js';
import { callerOf, parseArguments } from './arguments.mjs';
import { toCsv } from './csv.mjs';
import { drawComparisons } from './picture.mjs';
import { describeTellingLess, describeModels, renewParts } from './publish.mjs';

describe('the arguments of npm run simulate', () => {
  it('default to all worlds, eight tuning seeds, every baseline and ours', () => {
    const { worlds, seeds, split, deciders } = parseArguments([]);
    expect(worlds).toContain('metastable-overload');
    expect(seeds).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(split).toBe('tuning');
    expect(deciders).toEqual(expect.arrayContaining(['rules', 'oracle', 'ours']));
  });

  it('take lists and ranges', () => {
    expect(parseArguments(['--worlds', 'blips,drift', '--seeds', '3,7-9', '--deciders', 'rules,ours'])).toMatchObject({
      worlds: ['blips', 'drift'],
      seeds: [3, 7, 8, 9],
      deciders: ['rules', 'ours'],
    });
  });

  it('reach the held-out worlds by name only, in fifteen seeds or as many as are asked for', () => {
    expect(parseArguments(['--seeds', '1001-1020']).split).toBe('tuning');
    expect(parseArguments(['--seeds', 'held-out'])).toMatchObject({ split: 'held-out' });
    expect(parseArguments(['--seeds', 'held-out']).seeds).toHaveLength(15);
    expect(parseArguments(['--seeds', 'held-out:5-6']).seeds).toEqual([5, 6]);
  });

  it('know workers that tell less, of each kind', () => {
    const tell = (decider: string) => Object.values(callerOf(parseArguments(['--deciders', decider]).deciders[0]));
    expect(['ours', 'ours-asked-once', 'ours-uncounted', 'ours-told-least'].map(tell)).toEqual([
      [true, true, false],
      [false, true, false],
      [true, false, false],
      [false, false, true],
    ]);
  });

  it('play ours over HTTP when asked to', () => {
    expect(parseArguments(['--http']).deciders).toContain('ours-http');
    expect(parseArguments(['--http']).deciders).not.toContain('ours');
  });

  it('of the published run are eight held-out seeds of every world, written where results are kept', () => {
    expect(parseArguments(['--publish'])).toMatchObject({
      split: 'held-out',
      seeds: Array.from({ length: 8 }, (_, i) => 1105 + i),
      deciders:
        'rules,full-jitter,celery,sidekiq,oracle,oracle-guarded,ours,ours-ml,ours-uncounted,ours-asked-once,ours-told-least'.split(
          ',',
        ),
      out: 'docs/benchmarks',
      isPublished: true,
    });
    expect(parseArguments([]).isPublished).toBe(false);
  });

  it('are refused with what there is instead', () => {
    expect(() => parseArguments(['--worlds', 'blip'])).toThrow(/no world blip; there are: blips, /);
    expect(() => parseArguments(['--seeds', '8-1'])).toThrow(/--seeds 8-1/);
  });
});

describe('toCsv', () => {
  it('leaves empty what could not be measured, and writes a list into one cell', () => {
    const row = { world: 'blips', split: 'tuning', seed: 1, decider: 'rules', portion: 'all' };
    expect(toCsv([{ ...row, measurement: { utility: 0.5, brier: null, shownSurplus: [0.25, -1] } }])).toBe(
      'world,split,seed,decider,portion,utility,brier,shownSurplus\nblips,tuning,1,rules,all,0.5,,0.250 -1.000\n',
    );
  });
});

describe('renewParts', () => {
  it('replaces what is between the marks of a part and nothing else, and refuses a report without them', () => {
    const text = 'before\n<!-- a -->\nold\n<!-- /a -->\nafter\n';
    expect(renewParts(text, { a: 'new' })).toBe('before\n<!-- a -->\n\nnew\n\n<!-- /a -->\nafter\n');
    expect(() => renewParts(text, { b: 'new' })).toThrow(/no part <!-- b -->/);
  });
});

describe('describeModels', () => {
  it('says what models add in each world, and names those in which they take away', () => {
    const utilities = {
      blips: { rules: [0.2, 0.3], oracle: [0.8, 0.9], ours: [0.7, 0.8], 'ours-ml': [0.6, 0.8] },
      drift: { rules: [0.2, 0.3], oracle: [0.8, 0.9], ours: [0.5, 0.6], 'ours-ml': [0.7, 0.8] },
    };
    const rows = Object.entries(utilities).flatMap(([world, byDecider]) =>
      Object.entries(byDecider).flatMap(([decider, netUtilities]) =>
        netUtilities.map((netUtility, seed) => ({
          world,
          decider,
          seed,
          portion: 'second-half',
          measurement: { netUtility, shownEstimates: 2, shownSurplus: [0.2], intervalCoverage: null },
        })),
      ),
    );
    const roles = { rules: 'rules', statics: new Set(['rules']) };
    const comparisons = new Map(
      Object.entries(utilities).map(([world, of]) => [world, compareDeciders(new Map(Object.entries(of)), roles)]),
    );
    const text = describeModels({ comparisons, rows });
    expect(text).toMatch(/\| drift \| 0\.50 \| 0\.83 \(.+\) \| 0\.200 \(0\.200 to 0\.200\) \| 0\.100 \| – \|/);
    expect(text).toContain('Worse with models by more than 0.01: blips (-0.050 (-0.100 to 0.000)).');
  });
});

describe('describeTellingLess', () => {
  it('says what is left in each world without first tries, for workers that never ask again, and for those that tell least', () => {
    const ours = { ours: [0.8, 0.8], 'ours-uncounted': [0.5, 0.5], 'ours-asked-once': [0.1, 0.1] };
    const utilities = { rules: [0.2, 0.2], oracle: [0.8, 0.8], ...ours, 'ours-told-least': [0.4, 0.4] };
    const roles = { rules: 'rules', statics: new Set(['rules']) };
    const comparisons = new Map([['drift', compareDeciders(new Map(Object.entries(utilities)), roles)]]);
    const text = describeTellingLess({ comparisons });
    expect(text).toContain('| 1.00 | 0.50 (0.50 to 0.50) | 0.300 (0.300 to 0.300) | -0.17 (-0.17 to -0.17) | -0.100');
    expect(text).toContain('| 0.33 (0.33 to 0.33) | 0.200 (0.200 to 0.200) |');
    expect(text).toContain('**0.500** without first tries, **-0.167** never asking again, **0.333** telling least.');
  });
});

describe('drawComparisons', () => {
  it('draws a small picture of each world in which there is something to gain, with every decider', () => {
    const roles = { rules: 'rules', statics: new Set(['rules']) };
    const compare = (ours: number) =>
      compareDeciders(
        new Map([
          ['rules', [0.2, 0.3]],
          ['ours', [ours, ours]],
        ]),
        roles,
      );
    const comparisons = new Map([
      ['drift', compare(0.7)],
      ['blips', compare(0.25)],
    ]);
    const svg = drawComparisons(comparisons, { title: 'two seeds' });
    expect(svg).toMatch(/^<svg [^>]*xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    for (const text of ['two seeds', 'drift', 'rules 0.25 → ours 0.70', 'ours: 100 % of the way, utility 0.700']) {
      expect(svg).toContain(text);
    }
    expect(svg).not.toContain('>blips<');
  });
});
