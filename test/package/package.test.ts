/** The package as others get it: it installs, loads and compiles in an empty project, with nothing of this checkout. */
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../docs/pages.js';
import { packIntoEmptyProject, type Packed } from '../support/packed.js';

const execute = promisify(execFile);

let packed: Packed;
beforeAll(async () => {
  packed = await packIntoEmptyProject();
});
afterAll(() => packed.remove());

interface Manifest {
  readonly exports: Readonly<Record<string, unknown>>;
  readonly bin?: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
}

const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

it('It has what runs, and neither sources, maps nor tests; so much of it', () => {
  const paths = packed.files.map(({ path }) => path);
  for (const path of ['dist/workflows.bundle.js', 'dist/worker.js', 'README.md', 'LICENSE', 'docs/errors.md']) {
    expect(paths).toContain(path);
  }
  expect(paths.filter((path) => /\.map$|^(?:src|test)\/|\/bench\/|tsbuildinfo/.test(path))).toEqual([]);
  expect(packed.size).toBeLessThan(2_500_000);
  expect(packed.unpackedSize).toBeLessThan(12_000_000);
});

it('Each name that it exports loads, and the client loads no worker, no driver and no native code', async () => {
  const names = Object.keys(manifest.exports).filter((name) => !name.includes('*') && !name.endsWith('.json'));
  const code = `
    import { Module } from 'node:module';
    const exported = {};
    for (const name of ${JSON.stringify(names)}) {
      exported[name] = Object.keys(await import(name.replace('.', 'switchyard')));
      if (name === './client') exported.loaded = Object.keys(Module._cache);
    }
    process.stdout.write(JSON.stringify(exported));`;
  writeFileSync(join(packed.folder, 'load.mjs'), code);
  const { loaded = [], ...exported } = JSON.parse(await packed.node('load.mjs')) as Record<string, string[]>;
  expect(loaded.length).toBeGreaterThan(50);
  expect(loaded.filter((file) => /core-bridge|@temporalio\/worker|mysql2|webpack|\.node$/.test(file))).toEqual([]);
  expect(exported).toMatchObject({
    './client': expect.arrayContaining(['SwitchyardClient', 'SwitchyardError']) as string[],
    './contract': expect.arrayContaining(['onlineDdlInputSchema', 'moveCommandSchemas']) as string[],
    './workflows': expect.arrayContaining(['operationChild', 'onlineDdlSignals']) as string[],
    './worker': expect.arrayContaining(['createWorker', 'loadConfig', 'workflowBundle']) as string[],
    './routes': ['watchRoutes'],
  });
});

it('A worker starts with what a production install brings: it comes as far as its configuration', async () => {
  const worker = packed.node('node_modules/switchyard/dist/worker.js', '--config', 'none.yaml');
  await expect(worker).rejects.toThrow(/INVALID_CONFIGURATION/);
  const dev = await packed.node('node_modules/switchyard/dist/dev/main.js', '--help');
  expect(dev).toContain('two local MySQL clusters');
});

it('Whatever src imports is a dependency of the package, and no tool of ours', () => {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.ts$/.test(name),
  );
  const imported = files.flatMap((file) =>
    ts.preProcessFile(readFileSync(join(root, 'src', file), 'utf8')).importedFiles.map(({ fileName }) => fileName),
  );
  const packages = imported
    .filter((name) => !/^(?:\.|node:)/.test(name))
    .map((name) => /^(?:@[^/]+\/)?[^/]+/.exec(name)?.[0]);
  const dependencies = Object.keys(manifest.dependencies);
  expect([...new Set(packages)].filter((name) => !dependencies.includes(name ?? ''))).toEqual([]);
});

it('A program in TypeScript compiles against it, with all types checked', async () => {
  const options = { target: 'es2022', lib: ['es2023'], module: 'nodenext', strict: true, skipLibCheck: false };
  const compilerOptions = { ...options, noEmit: true, types: ['node'] };
  writeFileSync(join(packed.folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(packed.folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
  writeFileSync(join(packed.folder, 'program.ts'), program);
  // The compiler finds the types of one dependency of the SDK (ms) only by @types/ms, which is a dependency of ours for it.
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const problems = await execute(process.execPath, [compiler, '-p', packed.folder]).then(
    () => '',
    ({ stdout }: { readonly stdout: string }) => stdout,
  );
  expect(problems.split('\n').filter((line) => line !== '')).toEqual([]);
});

/** Uses each export, and is refused where it says something that there is not. */
const program = `
import { SwitchyardClient, SwitchyardError, type MigrationHandle, type OperationSummary } from 'switchyard/client';
import { onlineDdlInputSchema, type CommandAnswer, type MoveTablesStatus, type OnlineDdlInput } from 'switchyard/contract';
import { watchRoutes } from 'switchyard/routes';
import { createWorker, loadConfig, workflowBundle } from 'switchyard/worker';
import { onlineDdlSignals, operationChild } from 'switchyard/workflows';

const input: OnlineDdlInput = { cluster: 'commerce', database: 'shop', statement: 'ALTER TABLE a ADD b INT' };
export async function run(): Promise<CommandAnswer> {
  const client = await SwitchyardClient.connect();
  const migration: MigrationHandle = await client.onlineDdl(input, { onConflict: 'useExisting' });
  await migration.waitFor(['postponed', 'failed']);
  // @ts-expect-error: no such phase
  await migration.waitFor('switched');
  // @ts-expect-error: no such field
  await migration.pause({ reasn: 'x' });
  const move = client.move('move-tables/a');
  const { traffic }: MoveTablesStatus = await move.status();
  const all: OperationSummary[] = [];
  for await (const one of client.list({ needsOperator: true })) all.push(one);
  const { code } = await migration.resume({ ignoreWindow: true });
  if (code === new SwitchyardError('SERVERS_ANSWER', {}).code) return migration.cancel({ reason: String(traffic.length) });
  return move.switchTraffic({ reads: true });
}
export const child = operationChild(onlineDdlInputSchema.parse(input), { workflowId: 'a' }).parentClosePolicy satisfies 'ABANDON';
export const worker = () => createWorker(loadConfig('switchyard.yaml', process.env));
export const others = [workflowBundle.codePath, watchRoutes, onlineDdlSignals.postpone.name];
`;
