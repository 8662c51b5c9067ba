import { expect, it } from '@jest/globals';
import { lockedNodeVersion } from './workspace-packages.js';

const isBrought = process.platform === 'linux' && ['x64', 'arm64'].includes(process.arch);

it('runs scripts on the Node that npm ci brings, where it brings one', () => {
  expect(process.version).toBe(isBrought ? `v${lockedNodeVersion()}` : process.version);
});
