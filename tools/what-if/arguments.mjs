import { parseArgs } from 'node:util';
import { parseDurationMs } from '../../libs/domain/dist/index.js';
import { DEFAULT_OBJECTIVE, TARGET_POLICIES } from '../../libs/simulation/dist/what-if/index.js';

export function parseArguments(args) {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      policies: { type: 'string' },
      objective: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length !== 1) throw new Error('name one file of attempts, or - for standard input');
  return {
    file: positionals[0],
    policies: choosePolicies(values.policies),
    objective: parseObjective(values.objective),
    isJson: values.json,
  };
}

function choosePolicies(text) {
  if (text === undefined) return TARGET_POLICIES;
  const names = TARGET_POLICIES.map(({ name }) => name);
  const wanted = text.split(',');
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no policy ${unknown.join(', ')}; there are: ${names.join(', ')}`);
  return TARGET_POLICIES.filter(({ name }) => wanted.includes(name));
}

function parseObjective(text) {
  if (text === undefined) return DEFAULT_OBJECTIVE;
  const objective = { ...DEFAULT_OBJECTIVE };
  for (const part of text.split(',')) {
    const [name, value = ''] = part.split('=');
    if (name === 'half_life') objective.valueHalfLifeMs = parseDurationMs(value);
    else if (name === 'attempt_cost') objective.attemptCost = value === '' ? NaN : Number(value);
    else throw new Error(`--objective ${text}: wanted half_life=30m,attempt_cost=0.03`);
  }
  if (!(objective.valueHalfLifeMs >= 1)) throw new Error('--objective: half_life must be at least a millisecond');
  if (!(objective.attemptCost >= 0)) throw new Error('--objective: attempt_cost must be a number from 0 on');
  return objective;
}
