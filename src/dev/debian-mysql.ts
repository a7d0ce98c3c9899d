/**
 * MySQL from Debian's unstable release, unpacked into a folder: no root, nothing installed, nothing of the machine's apt
 * state touched (lists, cache and status are private and go away afterwards). The packages bring their own C library,
 * so the programs run through the loader that came with them.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { devFetchTimeoutMs, devMysqlVersionMin } from '../limits/dev.js';
import { findDebianArchives, type AptSourcesFile, type DebianArchive } from './apt-sources.js';
import { ensureEntry } from './cache.js';
import type { DevContext } from './context.js';
import { ask, findOnPath, type Environment, type Program } from './program.js';
import { during } from './progress.js';
import { runLogged } from './run-logged.js';
import { isAtLeast } from './version.js';

/** Where a Debian architecture keeps its libraries, and the loader's name. */
const architectures: Readonly<Record<string, { readonly triplet: string; readonly loader: string }>> = {
  amd64: { triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  arm64: { triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
};

/** Wanted by maintainer scripts only, which never run here. */
const packagesLeftOut = /^(perl|perl-base|perl-modules-.*|libperl.*|debconf.*|cdebconf|dpkg|tar)$/;

export interface UnpackedMysql {
  readonly root: string;
  readonly architecture: string;
}

/** The unpacked packages, fetched first where the cache has none. Errors: DEV_TOOL_MISSING with what to do instead. */
export async function ensureDebianMysql(context: DevContext): Promise<UnpackedMysql> {
  const architecture = await debianArchitecture(context.env);
  const name = `mysql-sid-${architecture}`;
  const { cache: folder, progress, signal } = context;
  const make = (temporary: string, logFile: string): Promise<void> =>
    fetchInto(context, architecture, temporary, logFile);
  const root = await ensureEntry({ folder, name, make, progress, signal });
  return { root, architecture };
}

/** How to run a program of the unpacked packages, such as `sbin/mysqld`. */
export function unpackedProgram({ root, architecture }: UnpackedMysql, path: string): Program {
  const { triplet, loader } = architectures[architecture] as (typeof architectures)[string];
  const libraries = join(root, 'usr/lib', triplet);
  const libraryPath = `${libraries}:${join(root, 'usr/lib/mysql/private')}`;
  return { command: join(libraries, loader), args: ['--library-path', libraryPath, join(root, 'usr', path)] };
}

export type MysqldProbe =
  { readonly kind: 'usable'; readonly version: string } | { readonly kind: 'unusable'; readonly problem: string };

/** Whether this program is a mysqld that Switchyard can work with, and which version. */
export async function probeMysqld(program: Program, env: Environment): Promise<MysqldProbe> {
  const answer = await ask(program, ['--version'], env);
  if (answer.kind === 'failed') return { kind: 'unusable', problem: `does not run (${answer.problem})` };
  if (/mariadb/i.test(answer.output)) return { kind: 'unusable', problem: 'is MariaDB, not MySQL' };
  const version = /\bVer (\S+)/.exec(answer.output)?.[1];
  if (version === undefined) return { kind: 'unusable', problem: 'does not tell its version like a mysqld' };
  if (isAtLeast(version, devMysqlVersionMin)) return { kind: 'usable', version };
  return { kind: 'unusable', problem: `has version ${version}, older than ${devMysqlVersionMin}` };
}

/** The error of everybody who looked for MySQL and did not find it. */
export function mysqldMissing(problem: string): SwitchyardError {
  return new SwitchyardError('DEV_TOOL_MISSING', {
    tool: 'mysqld',
    problem: problem.replace(/\.$/, ''),
    remedy:
      'Install MySQL 8.0.28 or newer (not MariaDB) so that mysqld is on the PATH, or set SWITCHYARD_MYSQLD to the path ' +
      'of its mysqld; on Debian, make sure that apt-get and the archive that /etc/apt names can be used.',
  });
}

async function debianArchitecture(env: Environment): Promise<string> {
  if (process.platform !== 'linux') throw mysqldMissing('none is on the PATH, and packages are unpacked on Linux only');
  for (const tool of ['apt-get', 'apt-cache', 'dpkg', 'dpkg-deb']) {
    if ((await findOnPath(tool, env)) === undefined) {
      throw mysqldMissing(`none is on the PATH, and without ${tool} no packages of Debian can be unpacked instead`);
    }
  }
  const answer = await ask({ command: 'dpkg', args: [] }, ['--print-architecture'], env);
  const architecture = answer.kind === 'answered' ? answer.output.trim() : 'unknown';
  if (architectures[architecture] !== undefined) return architecture;
  throw mysqldMissing(`none is on the PATH, and there are no packages to unpack for the architecture ${architecture}`);
}

/** Fetches from the first archive that has what is needed. */
async function fetchInto(context: DevContext, architecture: string, root: string, logFile: string): Promise<void> {
  const archives = findDebianArchives(await readAptSources());
  if (archives.length === 0) throw mysqldMissing('none is on the PATH, and the sources of apt name no Debian archive');
  const problems: string[] = [];
  const task = context.progress.begin('fetching MySQL from Debian', null, 'packages');
  await during(task, async () => {
    for (const archive of archives) {
      const apt = new PrivateApt(context, architecture, join(root, '.apt'), logFile);
      const problem = await apt.unpackMysql(archive, root, (done, detail) => task.update(done, detail));
      await rm(join(root, '.apt'), { recursive: true, force: true });
      if (problem === undefined) return writeVersion({ root, architecture }, context.env);
      problems.push(`from ${archive.uri}: ${problem}`);
    }
    throw mysqldMissing(`none is on the PATH, and it could not be fetched ${problems.join('\n')}`);
  });
}

/** Runs what was unpacked once, so that nothing broken gets into the cache, and writes down what it is. */
async function writeVersion(mysql: UnpackedMysql, env: Environment): Promise<void> {
  const probe = await probeMysqld(unpackedProgram(mysql, 'sbin/mysqld'), env);
  if (probe.kind === 'unusable') throw mysqldMissing(`the one unpacked from Debian's packages ${probe.problem}`);
  await writeFile(join(mysql.root, 'version'), probe.version);
}

async function readAptSources(): Promise<AptSourcesFile[]> {
  const parts = await readdir('/etc/apt/sources.list.d').catch(() => []);
  // As apt does: other endings (`.disabled`, `.save` …) are not read.
  const names = parts.filter((name) => /\.(list|sources)$/.test(name)).map((name) => `/etc/apt/sources.list.d/${name}`);
  const files = ['/etc/apt/sources.list', ...names.sort()].map(async (name) => ({
    name,
    text: await readFile(name, 'utf8').catch(() => ''),
  }));
  return Promise.all(files);
}

/** apt with lists, cache and status of its own, below one folder. */
class PrivateApt {
  constructor(
    private readonly context: DevContext,
    private readonly architecture: string,
    private readonly folder: string,
    private readonly logFile: string,
  ) {}

  /** Fetches and unpacks MySQL and what it needs from one archive into `root`; returns what went wrong, if anything. */
  async unpackMysql(
    archive: DebianArchive,
    root: string,
    report: (done: number, detail: string) => void,
  ): Promise<string | undefined> {
    await this.prepare(archive);
    report(0, 'reading package lists');
    const updated = await this.run('apt-get update', 'apt-get', ['update']);
    if (updated.kind === 'failed') return updated.problem;
    const listed = await this.run('apt-cache depends', 'apt-cache', [...dependsArguments, ...packagesWanted]);
    if (listed.kind === 'failed') return listed.problem;
    const names = new Set(listed.output.split('\n').filter((line) => /^[a-z0-9]/.test(line)));
    const packages = [...names].filter((name) => !packagesLeftOut.test(name));
    report(0, `downloading ${packages.length} packages`);
    const downloads = join(this.folder, 'downloads');
    const got = await this.run('apt-get download', 'apt-get', ['download', ...packages], downloads, (output) =>
      report(output.split('\nGet:').length - 1, 'downloading'),
    );
    if (got.kind === 'failed') return got.problem;
    const files = (await readdir(downloads)).filter((name) => name.endsWith('.deb'));
    for (const [index, file] of files.entries()) {
      report(index + 1, 'unpacking');
      const unpacked = await this.run('dpkg-deb', 'dpkg-deb', ['-x', join(downloads, file), root]);
      if (unpacked.kind === 'failed') return unpacked.problem;
    }
    return undefined;
  }

  private async prepare({ uri, fields }: DebianArchive): Promise<void> {
    for (const name of ['parts', 'lists/partial', 'cache/archives/partial', 'downloads']) {
      await mkdir(join(this.folder, name), { recursive: true });
    }
    const lines = ['Types: deb', `URIs: ${uri}`, 'Suites: sid', 'Components: main', 'Targets: Packages'];
    const source = [...lines, `Architectures: ${this.architecture}`, ...fields, ''].join('\n');
    await writeFile(join(this.folder, 'parts/sid.sources'), source);
  }

  private run(title: string, command: string, args: string[], cwd?: string, onOutput?: (output: string) => void) {
    const { env, signal } = this.context;
    const isApt = command.startsWith('apt');
    return runLogged({
      title,
      program: { command, args: isApt ? this.options() : [] },
      args,
      env,
      logFile: this.logFile,
      timeoutMs: devFetchTimeoutMs,
      ...(cwd ? { cwd } : {}),
      ...(onOutput ? { onOutput } : {}),
      signal,
    });
  }

  private options(): string[] {
    const settings = [
      'Dir::Etc::SourceList=/dev/null',
      `Dir::Etc::SourceParts=${join(this.folder, 'parts')}`,
      `Dir::State::Lists=${join(this.folder, 'lists')}`,
      `Dir::Cache=${join(this.folder, 'cache')}`,
      // Nothing counts as installed, and the machine's pins say nothing about these packages.
      'Dir::State::Status=/dev/null',
      'Dir::Etc::Preferences=/dev/null',
      'Dir::Etc::PreferencesParts=/dev/null',
      'APT::Update::Error-Mode=any',
      'Acquire::Retries=2',
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User=root'] : []),
    ];
    return settings.flatMap((setting) => ['-o', setting]);
  }
}

const packagesWanted = ['mysql-server-core', 'mysql-client-core'];
const dependsArguments = [
  ...['depends', '--recurse', '--no-recommends', '--no-suggests', '--no-conflicts'],
  ...['--no-breaks', '--no-replaces', '--no-enhances'],
];
