/**
 * Finds a `temporal` program that can serve: `SWITCHYARD_TEMPORAL`, then the PATH, then what the SDK once downloaded for
 * its tests, then the cache, which builds it from source with Go.
 */
import { rename } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SwitchyardError } from '../errors/switchyard-error.js';
import { devBuildTimeoutMs, devGoVersionMin, devTemporalServerVersionMin } from '../limits/dev.js';
import { ensureEntry, exists } from './cache.js';
import type { DevContext } from './context.js';
import { ask, findOnPath, isExecutable, type Environment } from './program.js';
import { during, type ProgressTask } from './progress.js';
import { runLogged } from './run-logged.js';
import { isAtLeast } from './version.js';

/** The newest version that `go install` can build as it stands (later ones replace a nested module). */
const temporalCliVersion = '1.5.1';

/** How the SDK names its download; the number is the version of @temporalio/* in package.json. */
const sdkDownloadName = 'temporal-sdk-typescript-1.24.0';

/** The path of the program. Errors: DEV_TOOL_MISSING where none can be had, or the one that was named is unusable. */
export async function findTemporal(context: DevContext): Promise<string> {
  const { env, progress } = context;
  if (env.SWITCHYARD_TEMPORAL) {
    const problem = await findProblem(env.SWITCHYARD_TEMPORAL, env);
    if (problem === undefined) return env.SWITCHYARD_TEMPORAL;
    throw temporalMissing(`${env.SWITCHYARD_TEMPORAL} (from SWITCHYARD_TEMPORAL) ${problem}`);
  }
  const downloaded = join(env.TMPDIR ?? tmpdir(), sdkDownloadName);
  const candidates = [await findOnPath('temporal', env), (await isExecutable(downloaded)) ? downloaded : undefined];
  for (const path of candidates) {
    if (path === undefined) continue;
    const problem = await findProblem(path, env);
    if (problem === undefined) return path;
    progress.say(`${path} ${problem}; looking further`);
  }
  return buildOnce(context);
}

/** What keeps this program from being used; undefined where nothing does. */
async function findProblem(path: string, env: Environment): Promise<string | undefined> {
  const answer = await ask({ command: path, args: [] }, ['--version'], env);
  if (answer.kind === 'failed') return `does not run (${answer.problem})`;
  const version = /Server (\d[^\s,)]*)/.exec(answer.output)?.[1];
  if (version === undefined) return 'is not the Temporal CLI';
  if (isAtLeast(version, devTemporalServerVersionMin)) return undefined;
  return `has server ${version}, older than ${devTemporalServerVersionMin}`;
}

async function buildOnce(context: DevContext): Promise<string> {
  const { cache: folder, progress, signal } = context;
  const name = `temporal-${temporalCliVersion}`;
  const make = (temporary: string, logFile: string): Promise<void> => build(context, temporary, logFile);
  // Asked before the lock: whoever has no Go should hear so at once, not after waiting for somebody who has it.
  if (!(await exists(join(folder, name)))) await requireGo(context.env);
  return join(await ensureEntry({ folder, name, make, progress, signal }), 'temporal');
}

async function requireGo(env: Environment): Promise<void> {
  const problem = 'none is on the PATH, and building it';
  const answer = await ask({ command: 'go', args: [] }, ['version'], env);
  if (answer.kind === 'failed') throw temporalMissing(`${problem} needs Go, which does not run (${answer.problem})`);
  const version = /\bgo(\d+\.\d+(\.\d+)?)/.exec(answer.output)?.[1] ?? 'unknown';
  if (isAtLeast(version, devGoVersionMin)) return;
  throw temporalMissing(`${problem} needs Go ${devGoVersionMin} or newer; this machine has ${version}`);
}

async function build(context: DevContext, temporary: string, logFile: string): Promise<void> {
  const task = context.progress.begin('building Temporal with Go (once, about 4 minutes)', null, 'packages');
  await during(task, () => goInstall(context, join(temporary, 'bin'), logFile, task));
  const built = join(temporary, 'bin', 'temporal');
  const problem = await findProblem(built, context.env);
  if (problem !== undefined) throw temporalMissing(`the one that was built ${problem}`);
  await rename(built, join(temporary, 'temporal'));
}

async function goInstall(
  { env, signal }: DevContext,
  folder: string,
  logFile: string,
  task: ProgressTask,
): Promise<void> {
  const answer = await runLogged({
    title: 'go install',
    program: { command: 'go', args: [] },
    // -v names each package when it is compiled: the only sign of life that the build gives.
    args: ['install', '-v', '-ldflags', '-s -w', `github.com/temporalio/cli/cmd/temporal@v${temporalCliVersion}`],
    env: { ...env, GOBIN: folder },
    logFile,
    timeoutMs: devBuildTimeoutMs,
    onOutput(output) {
      const lines = output.trimEnd().split('\n');
      // Lines of go itself are about modules that it downloads.
      const compiled = lines.filter((line) => line !== '' && !line.startsWith('go: '));
      task.update(compiled.length, lines.at(-1) || 'preparing');
    },
    signal,
  });
  if (answer.kind === 'failed') throw temporalMissing(`none is on the PATH, and ${answer.problem}`);
}

function temporalMissing(problem: string): SwitchyardError {
  return new SwitchyardError('DEV_TOOL_MISSING', {
    tool: 'temporal',
    problem: problem.replace(/\.$/, ''),
    remedy:
      'Install the Temporal CLI so that temporal is on the PATH, or set SWITCHYARD_TEMPORAL to its path, or install ' +
      `Go ${devGoVersionMin} or newer so that it can be built.`,
  });
}
