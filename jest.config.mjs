const shared = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
        },
        module: { type: 'es6' },
        sourceMaps: 'inline',
      },
    ],
  },
  // Sources import each other as `./x.js`, the name that Node sees after the build.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': ['$1.ts', '$1.js'] },
  testEnvironmentOptions: { customExportConditions: ['@smart-retry/source', 'node', 'node-addons'] },
  setupFiles: ['<rootDir>/tools/servers/redis-of-worker.mjs'],
  modulePathIgnorePatterns: ['/dist/', '/.nx/', '/.cache/'],
};

const withServers = { ...shared, setupFilesAfterEnv: ['<rootDir>/tools/servers/second-try-in-ci.mjs'] };

/** Three kinds of tests: pure, against real Redis and Postgres, and over HTTP against the built API. */
export default {
  // Patience, not a bound: on a busy machine a start of several servers takes as long.
  testTimeout: 120_000,
  projects: [
    { ...shared, displayName: 'unit', testMatch: ['<rootDir>/{libs,apps,tools}/**/*.spec.ts'] },
    { ...withServers, displayName: 'integration', testMatch: ['<rootDir>/{libs,apps,tools}/**/*.int-spec.ts'] },
    { ...withServers, displayName: 'e2e', testMatch: ['<rootDir>/apps/*/test/**/*.e2e-spec.ts'] },
  ],
};
