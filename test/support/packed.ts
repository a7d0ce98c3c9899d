/**
 * The package as others get it: packed, and unpacked into an empty project beside what a production install brings and
 * nothing else. Without the network: the dependencies are those of this checkout.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { root } from '../docs/pages.js';

const execute = promisify(execFile);

interface PackedFile {
  readonly path: string;
  readonly size: number;
}

export interface Packed {
  /** The project that has the package. */
  readonly folder: string;
  readonly files: readonly PackedFile[];
  /** Bytes of the tarball, and of what is in it. */
  readonly size: number;
  readonly unpackedSize: number;
  /** Runs Node in the project, or anywhere with that in its path; what it prints. Rejects with what it said otherwise. */
  node(...parameters: readonly string[]): Promise<string>;
  remove(): Promise<void>;
}

interface Lock {
  readonly packages: Readonly<Record<string, { readonly dev?: boolean }>>;
}

/** Packs what was built last. */
export async function packIntoEmptyProject(): Promise<Packed> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-packed-'));
  const modules = join(folder, 'node_modules');
  await mkdir(join(modules, 'switchyard'), { recursive: true });
  const options = { cwd: root, maxBuffer: 10_000_000 };
  const { stdout } = await execute(
    'npm',
    ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
    options,
  );
  const [made] = JSON.parse(stdout) as (Pick<Packed, 'files' | 'size' | 'unpackedSize'> & { filename: string })[];
  if (made === undefined) throw new Error('npm pack has made nothing');
  const unpack = ['-xzf', join(folder, made.filename), '-C', join(modules, 'switchyard'), '--strip-components=1'];
  await execute('tar', unpack);
  await link(await productionPackages(), modules);
  return {
    ...made,
    folder,
    async node(...parameters) {
      const env = { ...process.env, NODE_OPTIONS: '' };
      return (await execute(process.execPath, [...parameters], { cwd: folder, env })).stdout;
    },
    remove: () => rm(folder, { recursive: true }),
  };
}

/** What `npm ci --omit=dev` installs, by the lock file; those inside others come with them. */
async function productionPackages(): Promise<readonly string[]> {
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock;
  const names = Object.entries(packages).flatMap(([path, { dev }]) => (path !== '' && dev !== true ? [path] : []));
  // Not all of those for other platforms are there.
  return names.filter((path) => path.lastIndexOf('node_modules/') === 0 && existsSync(join(root, path)));
}

/** Linked file by file, so that none of them finds what is beside its original; copied where another disk is in the way. */
async function link(paths: readonly string[], modules: string): Promise<void> {
  const folders = new Map<string, string[]>();
  for (const path of paths) {
    const to = dirname(join(modules, path.slice('node_modules/'.length)));
    folders.set(to, [...(folders.get(to) ?? []), join(root, path)]);
  }
  for (const [to, from] of folders) {
    await mkdir(to, { recursive: true });
    await execute('cp', ['-al', ...from, to]).catch(() => execute('cp', ['-a', ...from, to]));
  }
}
