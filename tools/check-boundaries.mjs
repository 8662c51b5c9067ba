/**
 * Proves that the walls of `eslint.config.mjs` stand: every project has a layer, project references follow the
 * packages' dependencies, and every rule bites in the probes of `tools/boundary-probes/`. Writes nothing into the tree.
 */
import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import ts from 'typescript';

const ROOT = resolve(import.meta.dirname, '..');
const PROBES = join(ROOT, 'tools/boundary-probes');

const graph = await createProjectGraphAsync({ exitOnError: false });
// Loading the configuration needs the graph made above.
const { default: configuration, LAYERS } = await import('../eslint.config.mjs');
const projects = Object.values(graph.nodes).map(({ name, data }) => ({ name, root: data.root, tags: data.tags ?? [] }));

function layerProblems() {
  const roots = new Map(Object.entries(LAYERS).map(([layer, { root }]) => [`layer:${layer}`, root]));
  const problems = projects.flatMap(({ name, root, tags }) => {
    const layerTags = tags.filter((tag) => tag.startsWith('layer:'));
    if (layerTags.length !== 1) return [`${name}: wants exactly one layer tag, has [${layerTags.join(', ')}]`];
    return roots.get(layerTags[0]) === root ? [] : [`${name}: ${layerTags[0]} is not the layer of ${root} in LAYERS`];
  });
  const known = new Set(projects.map(({ root }) => root));
  return [...problems, ...[...roots.values()].filter((root) => !known.has(root)).map((root) => `${root}: no project`)];
}

function referenceProblems() {
  const rootOf = new Map(projects.map(({ name, root }) => [name, root]));
  return projects.flatMap(({ name, root }) => {
    const { dependencies = {} } = JSON.parse(readFileSync(join(ROOT, root, 'package.json'), 'utf8'));
    const wanted = Object.keys(dependencies).flatMap((dependency) => rootOf.get(dependency) ?? []);
    const found = projectReferences(root);
    return [
      ...wanted
        .filter((path) => !found.includes(path))
        .map((path) => `${name}: tsconfig.json lacks a reference to ${path}`),
      ...found
        .filter((path) => !wanted.includes(path))
        .map((path) => `${name}: package.json lacks the dependency on ${path}`),
    ];
  });
}

function projectReferences(root) {
  const file = join(ROOT, root, 'tsconfig.json');
  const { config, error } = ts.readConfigFile(file, (path) => readFileSync(path, 'utf8'));
  if (error !== undefined) throw new Error(ts.flattenDiagnosticMessageText(error.messageText, '\n'));
  return (config.references ?? []).map(({ path }) => relative(ROOT, join(ROOT, root, path)));
}

/** Each probe with each place where it is to be tried. */
function readProbes() {
  return readdirSync(PROBES)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(PROBES, file), 'utf8');
      const places = /^\/\/ as: (.+)$/m.exec(text)?.[1].split(', ') ?? [];
      if (places.length === 0) throw new Error(`${file}: the first line must be "// as: <path>"`);
      return places.map((place) => ({ file, place, text }));
    });
}

/** `line rule` for everything that the probe says must be reported. */
function expectedFindings(text) {
  return text.split('\n').flatMap((line, i) => {
    const rules = /\/\/ expect: (.+)$/.exec(line)?.[1].split(', ') ?? [];
    return rules.map((rule) => `${i + 1} ${rule}`);
  });
}

async function lintProbes(probes) {
  const newFiles = [...new Set(probes.map(({ place }) => place))].filter((place) => !existsSync(join(ROOT, place)));
  const eslint = new ESLint({
    cwd: ROOT,
    // The probes exist in memory only, so that a build running meanwhile does not see them.
    overrideConfig: {
      languageOptions: {
        parserOptions: {
          projectService: {
            allowDefaultProject: newFiles,
            defaultProject: 'apps/api/tsconfig.json',
            maximumDefaultProjectFileMatchCount_THIS_WILL_SLOW_DOWN_LINTING: newFiles.length,
          },
        },
      },
    },
  });
  const outcomes = [];
  for (const probe of probes) {
    const [result] = await eslint.lintText(probe.text, { filePath: probe.place });
    outcomes.push({ ...probe, messages: result?.messages.filter(({ severity }) => severity === 2) ?? [] });
  }
  return outcomes;
}

function probeProblems({ file, place, text, messages }) {
  const expected = new Set(expectedFindings(text));
  const found = new Map(messages.map((message) => [`${message.line} ${message.ruleId ?? 'parser'}`, message.message]));
  return [
    ...[...expected].filter((key) => !found.has(key)).map((key) => `${file} at ${place}: not reported: line ${key}`),
    ...[...found].filter(([key]) => !expected.has(key)).map(([key, why]) => `${file} at ${place}: line ${key}: ${why}`),
  ];
}

/** A layer whose probes do not try every other project, and whatever the configuration bans that no probe provokes. */
function coverageProblems(outcomes) {
  const untried = Object.values(LAYERS).flatMap(({ root }) => {
    const texts = outcomes.filter(({ place }) => place.startsWith(`${root}/`)).map(({ text }) => text);
    return projects
      .filter((project) => project.root !== root && !texts.some((text) => text.includes(`import '${project.name}`)))
      .map(({ name }) => `${root}: no probe tries to import ${name}`);
  });
  const own = configuration.filter(({ name, rules }) => name === undefined && rules !== undefined);
  const settings = own.flatMap(({ rules }) => Object.entries(rules)).filter(([, setting]) => isOn(setting));
  const messages = outcomes.flatMap((outcome) => outcome.messages);
  const bannedRules = new Set(settings.map(([rule]) => rule));
  const bans = new Set(settings.flatMap(([, setting]) => banMessages(setting)));
  return [
    ...untried,
    ...[...bannedRules]
      .filter((rule) => !messages.some(({ ruleId }) => ruleId === rule))
      .map((rule) => `no probe for ${rule}`),
    ...[...bans]
      .filter((ban) => !messages.some(({ message }) => message.includes(ban)))
      .map((ban) => `no probe for: ${ban}`),
  ];
}

function isOn(setting) {
  return ['error', 2].includes(Array.isArray(setting) ? setting[0] : setting);
}

function banMessages(option) {
  if (typeof option !== 'object' || option === null) return [];
  const nested = Object.values(option).flatMap(banMessages);
  return typeof option.message === 'string' ? [option.message, ...nested] : nested;
}

const outcomes = await lintProbes(readProbes());
const problems = [
  ...layerProblems(),
  ...referenceProblems(),
  ...outcomes.flatMap(probeProblems),
  ...coverageProblems(outcomes),
];
for (const problem of problems) console.error(problem);
const expectations = outcomes.reduce((sum, { text }) => sum + expectedFindings(text).length, 0);
console.log(`boundaries: ${projects.length} projects, ${expectations} expected findings, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;
