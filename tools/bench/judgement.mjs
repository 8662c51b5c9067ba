import { bootstrap } from '../bootstrap.mjs';
import { build } from '../build.mjs';
import { describeMachine, table, writeReport } from './report.mjs';

// `npm run bench:judgement`: how often a canary is stopped for nothing, and how soon one that is worse.
const CORRELATIONS = [0.02, 0.09, 0.3];
const SAME_RUNS = 1_000;
const WORSE_RUNS = 2_000;
const LOSS = 0.05;
const LIMIT = 12_000;

bootstrap();
build('libs/training');
const machine = describeMachine();
const { createRng } = await import('../../libs/domain/dist/index.js');
const { judgeCanary } = await import('../../libs/training/dist/index.js');
const { spreadOf, stoppedAfter } = await import('../../libs/training/dist/testing/play-canary.js');

const tenth = (decisions) => [{ share: 0.1, decisions }];
const ramp = [0.05, 0.1, 0.25, 0.5].map((share) => ({ share, decisions: 3_000 }));
const together = (shares) => judgeCanary(shares).verdict;
const anew = (shares) => judgeCanary(shares.slice(-1)).verdict;

const same = CORRELATIONS.map((correlation) => {
  const rate = (shares, judge) => percent(stops(SAME_RUNS, { correlation, loss: 0, shares, judge }).length / SAME_RUNS);
  return [correlation, rate(tenth(3_000), together), rate(ramp, together), rate(ramp, anew)];
});
const worse = CORRELATIONS.map((correlation) => {
  const ends = stops(WORSE_RUNS, { correlation, loss: LOSS, shares: tenth(LIMIT), judge: together });
  const at = (share) => ends[Math.floor(share * WORSE_RUNS)]?.toLocaleString('en') ?? `more than ${LIMIT}`;
  const found = ends.filter((end) => end <= 3_000).length / WORSE_RUNS;
  return [correlation, at(0.5), at(0.95), percent(found)];
});

writeReport('judgement', {
  title: 'Judging canaries',
  machine,
  sections: [
    '`npm run bench:judgement`: jobs of one to three decisions, 60 % of which succeed; the chances of jobs lie apart, so that decisions of one job are correlated. Looked at after every hundred decisions of the canary. Nothing here depends on the machine.',
    '## As good as the rest',
    `Share of ${SAME_RUNS.toLocaleString('en')} canaries that are stopped. Wanted: at most 2 %. The ramp goes over 5, 10, 25 and 50 percent of the jobs with 3,000 decisions each; the last column is what it would be if each share were a test of its own.`,
    table(['correlation', 'one share of 10 %', 'a ramp of four shares', 'four tests'], same),
    '## Worse by 5 points of success',
    `Decisions of the canary (10 % of the jobs) until it is stopped, over ${WORSE_RUNS.toLocaleString('en')} runs. Wanted: within 1,500 in the median, within 3,000 in 95 %.`,
    table(['correlation', 'median', '95 %', 'within 3,000'], worse),
  ],
});

/** After how many decisions the canaries were stopped, rising; those that were not are left out. */
function stops(runs, { correlation, loss, shares, judge }) {
  const spread = spreadOf(correlation);
  return Array.from({ length: runs }, (_, seed) =>
    stoppedAfter(createRng([seed, 11, 12, 13]), { loss, spread, shares, judge }),
  )
    .filter((end) => end !== null)
    .sort((a, b) => a - b);
}

function percent(share) {
  return `${(100 * share).toFixed(1)} %`;
}
