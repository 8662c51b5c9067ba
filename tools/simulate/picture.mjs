import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';

const COLUMNS = 4;
const COLUMN_WIDTH = 210;
const DECIDER_HEIGHT = 12;
/** Between two rows of small pictures: room for a title and an axis. */
const ROW_GAP = 48;
const LEFT = 84;
/** What is far worse than the rules is drawn at the edge, as an arrow. */
const WORST = -0.5;

const OURS = '#d1495b';
const BEST_STATIC = '#222222';
const OTHERS = '#8795a1';
const LEGEND = [
  { text: '● ours', fill: OURS, dx: 8 },
  { text: '● best static policy of the scenario', fill: BEST_STATIC, dx: 54 },
  { text: '● others', fill: OTHERS, dx: 222 },
  { text: '▲ worse than the rules by more than half of the way', fill: OTHERS, dx: 274 },
  { text: 'bars: 95 % over seeds; net utility on the second half of the traffic', fill: '#666666', dx: 520 },
];

/** An SVG: for each world how much of the way from the rules to the best known each decider goes, with 95 % intervals. */
export function drawComparisons(comparisons, { title }) {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const shown = [...comparisons].filter(([, { gap }]) => gap >= 0.01);
  const order = rankDeciders(shown.map(([, comparison]) => comparison));
  const dots = shown.flatMap(([world, comparison], i) =>
    comparison.standings.map((standing) => ({ ...place(i), world, ...describe(standing, comparison) })),
  );
  const titles = shown.map(([world, comparison], i) => ({ ...place(i), world, note: describeWorld(comparison) }));
  const rows = Math.ceil(shown.length / COLUMNS);
  const rowHeight = order.length * DECIDER_HEIGHT;
  const svg = Plot.plot({
    document,
    width: LEFT + COLUMNS * COLUMN_WIDTH,
    height: rows * (rowHeight + ROW_GAP) + 84,
    marginLeft: LEFT,
    marginTop: 76,
    marginBottom: 34,
    style: { background: 'white', fontFamily: 'Helvetica, Arial, sans-serif', fontSize: '9px' },
    x: { domain: [WORST, 1], ticks: [0, 1], tickFormat: (share) => (share === 0 ? 'rules' : 'best'), label: null },
    y: { domain: order, label: null, tickSize: 0 },
    fx: { axis: null, padding: 0.06 },
    fy: { axis: null, padding: ROW_GAP / (rowHeight + ROW_GAP) },
    marks: [
      ...LEGEND.map(({ text, fill, dx }) => superText(text, { dx: dx - LEFT, dy: -46, fill })),
      superText(title, { dx: 8 - LEFT, dy: -66, fontSize: 13, fontWeight: 'bold' }),
      Plot.frame({ stroke: '#dddddd' }),
      Plot.ruleX([0, 1], { stroke: '#aaaaaa' }),
      Plot.ruleY(dots, {
        fx: 'column',
        fy: 'row',
        y: 'decider',
        x1: 'lo',
        x2: 'hi',
        stroke: 'color',
        strokeWidth: 1.5,
      }),
      Plot.dot(dots, {
        fx: 'column',
        fy: 'row',
        y: 'decider',
        x: 'share',
        fill: 'color',
        r: 'radius',
        symbol: 'symbol',
        title: 'text',
      }),
      Plot.text(titles, {
        fx: 'column',
        fy: 'row',
        text: 'world',
        frameAnchor: 'top-left',
        dy: -22,
        fontWeight: 'bold',
        fontSize: 11,
      }),
      Plot.text(titles, { fx: 'column', fy: 'row', text: 'note', frameAnchor: 'top-left', dy: -9, fill: '#666666' }),
    ],
    r: { type: 'identity' },
    color: { type: 'identity' },
    symbol: { type: 'identity' },
  });
  const drawing = svg.tagName.toLowerCase() === 'svg' ? svg : svg.querySelector('svg');
  drawing.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return drawing.outerHTML;
}

/** A text that is drawn once, not in each small picture. */
function superText(text, options) {
  return Plot.text([text], { facet: 'super', frameAnchor: 'top-left', text: (line) => line, ...options });
}

function place(i) {
  return { column: i % COLUMNS, row: Math.floor(i / COLUMNS) };
}

/** Best on average first, so that each world is read against the same order. */
function rankDeciders(comparisons) {
  const scoreOf = (decider) =>
    comparisons.reduce((sum, { standings }) => {
      const share = standings.find((standing) => standing.decider === decider)?.shareClosed?.value ?? 0;
      return sum + Math.max(WORST, share);
    }, 0);
  const deciders = comparisons[0]?.standings.map(({ decider }) => decider) ?? [];
  return deciders.sort((a, b) => scoreOf(b) - scoreOf(a));
}

function describe({ decider, shareClosed, utility }, { bestStatic }) {
  const { value, interval } = shareClosed;
  const [lo, hi] = interval.map((end) => Math.min(1, Math.max(WORST, end)));
  const isOurs = decider.startsWith('ours');
  return {
    decider,
    share: Math.min(1, Math.max(WORST, value)),
    lo,
    hi,
    color: isOurs ? OURS : decider === bestStatic ? BEST_STATIC : OTHERS,
    radius: isOurs ? 4 : 3,
    symbol: value < WORST ? 'triangle' : 'circle',
    text: `${decider}: ${Math.round(100 * value)} % of the way, utility ${utility.value.toFixed(3)}`,
  };
}

function describeWorld({ ceiling, standings }) {
  const utilityOf = (name) => standings.find(({ decider }) => decider === name)?.utility.value.toFixed(2);
  return `rules ${utilityOf('rules')} → ${ceiling} ${utilityOf(ceiling)}`;
}
