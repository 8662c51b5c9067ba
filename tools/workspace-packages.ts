import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '..');

export interface WorkspacePackage {
  readonly name: string;
  /** Relative to the root, for example `libs/domain`. */
  readonly path: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

/** Every app and library of the workspace, by path. */
export function readWorkspacePackages(): readonly WorkspacePackage[] {
  return ['apps', 'libs']
    .flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`))
    .filter((path) => existsSync(join(ROOT, path, 'package.json')))
    .sort()
    .map((path) => {
      const manifest = JSON.parse(readText(`${path}/package.json`)) as Partial<WorkspacePackage>;
      return { name: manifest.name ?? path, path, dependencies: manifest.dependencies ?? {} };
    });
}

/** A file of the workspace, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The Node.js that `npm ci` brings on Linux, as package.json asks for it. */
export function broughtNodeVersion(): string {
  const { optionalDependencies } = JSON.parse(readText('package.json')) as RootManifest;
  const versions = new Set(Object.values(optionalDependencies));
  const [version] = versions;
  if (version === undefined || versions.size > 1)
    throw new Error(`one version wanted, got ${[...versions].join(', ')}`);
  return version;
}

interface RootManifest {
  readonly optionalDependencies: Readonly<Record<string, string>>;
}
