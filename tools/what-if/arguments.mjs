import { parseArgs } from 'node:util';
import { DEFAULT_OBJECTIVE, objectiveProblems, parseDurationMs } from '../../libs/domain/dist/index.js';
import { TARGET_POLICIES } from '../../libs/simulation/dist/what-if/index.js';

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
    if (name === 'value_half_life') objective.valueHalfLifeMs = parseDurationMs(value);
    else if (name === 'attempt_cost') objective.attemptCost = value === '' ? NaN : Number(value);
    else throw new Error(`--objective ${text}: wanted value_half_life=30m,attempt_cost=0.03`);
  }
  const problems = objectiveProblems(objective, '');
  if (problems.length > 0) throw new Error(`--objective: ${problems[0].path} ${problems[0].message}`);
  return objective;
}
