import { parseArgs } from 'node:util';
import { USUAL_FEATURES } from '../../libs/training/dist/index.js';

export function parseArguments(args) {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: 'string' },
      from: { type: 'string' },
      out: { type: 'string' },
      features: { type: 'string' },
      set: { type: 'string', multiple: true, default: [] },
      folds: { type: 'string', default: '5' },
      validation: { type: 'string', default: '0.2' },
      seed: { type: 'string', default: '1' },
    },
  });
  if (values.model === undefined) throw new Error('--model: name logistic or gradient_boosting');
  if (values.from === undefined) throw new Error('--from: name one file of attempts, or - for standard input');
  return {
    file: values.from,
    out: values.out ?? `${values.model}.model`,
    request: {
      modelType: values.model,
      features: values.features?.split(',') ?? USUAL_FEATURES,
      hyperparameters: Object.fromEntries(values.set.map(parseSetting)),
      crossValidation: Number(values.folds),
      validationShare: Number(values.validation),
      seed: Number(values.seed),
    },
  };
}

function parseSetting(text) {
  const [name, value = ''] = text.split('=');
  const values = value.split(',').map((item) => (item === '' ? NaN : Number(item)));
  if (values.some(Number.isNaN)) throw new Error(`--set ${text}: wanted name=1 or name=1,2,3`);
  return [name, values.length === 1 ? values[0] : values];
}
