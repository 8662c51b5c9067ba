import { describe, expect, it } from '@jest/globals';
import { readText, readWorkspacePackages } from './workspace-packages.js';

const ROW = /^\| `([^`]+)` *\| (\w+) *\| .+ \|$/gm;

describe('docs/adr/0002-runtime-dependencies.md', () => {
  it('names every runtime dependency of every package, with its layer, and nothing else', () => {
    const described = [...readText('docs/adr/0002-runtime-dependencies.md').matchAll(ROW)].map(
      ([, dependency, layer]) => `${layer}: ${dependency}`,
    );
    const declared = readWorkspacePackages().flatMap(({ name, dependencies }) =>
      Object.keys(dependencies)
        .filter((dependency) => !dependency.startsWith('@smart-retry/'))
        .map((dependency) => `${name.replace('@smart-retry/', '')}: ${dependency}`),
    );
    expect(described.sort()).toEqual(declared.sort());
  });

  it('stands beside exact versions only', () => {
    const versions = readWorkspacePackages().flatMap(({ dependencies }) => Object.values(dependencies));
    expect(versions.filter((version) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });
});
