/** `npm run bench -- <what>`: figures on standard output, progress on standard error. */
import { Command, InvalidArgumentError } from 'commander';
import { hasCode, SwitchyardError } from '../../errors/switchyard-error.js';
import { createProgress } from '../progress.js';
import { exitCodeOf } from '../stop-signals.js';
import type { BenchOptions } from './bench-servers.js';
import { describeFleet } from './fleet-report.js';
import { benchFleet, type FleetOptions } from './fleet.js';
import { describeFollowing } from './following-report.js';
import { benchFollowing, type FollowingOptions } from './following.js';
import { describeMemory } from './memory-report.js';
import { benchMemory, type MemoryOptions } from './memory.js';
import { describeMoves } from './move-report.js';
import { benchMoveTables } from './move-tables.js';
import { benchOnlineDdl } from './online-ddl.js';
import { describe } from './report.js';
import { describeSwitches } from './switches-report.js';
import { benchSwitches } from './switches.js';

function positive(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

function numbers(text: string): readonly number[] {
  return text.split(',').map(positive);
}

function latency(text: string): number | 'auto' {
  return text === 'auto' ? text : positive(text);
}

function fail(error: unknown): void {
  if (hasCode(error, 'DEV_STOPPED')) process.exit(exitCodeOf(error.facts.signal as NodeJS.Signals));
  const text = error instanceof SwitchyardError ? `${error.message}\n${error.remedy}` : describeUnknown(error);
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}

function describeUnknown(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${describeUnknown(error.cause)}`;
}

const program = new Command('npm run bench --').description('Measures Switchyard on servers of its own.');

/** @returns the command, for options of its own. */
function addBench<Options extends BenchOptions, Result extends { readonly problems: readonly string[] }>(
  name: string,
  description: string,
  run: (options: Options) => Promise<Result>,
  describeResult: (result: Result) => string,
): Command {
  return program
    .command(name)
    .description(description)
    .option('--rows <number>', 'rows of a table', positive, 1_000_000)
    .option('--clients <number>', 'writing clients under load', positive, 4)
    .option('--transactions-per-second <number>', 'write transactions of all clients together', positive, 200)
    .option('--baseline-seconds <number>', 'how long the writers are measured alone', positive, 15)
    .action(async (options: Omit<Options, 'progress'>) => {
      const measured = await run({ ...options, progress: createProgress() } as unknown as Options);
      process.stdout.write(describeResult(measured));
      if (measured.problems.length > 0) process.exitCode = 1;
    });
}

addBench(
  'online-ddl',
  'Compares a schema change with the server’s own copy and with a loop of chunks, then under load.',
  benchOnlineDdl,
  describe,
);
addBench(
  'move-tables',
  'Compares a move to another server with mysqldump | mysql, then switches under load.',
  benchMoveTables,
  describeMoves,
).option('--write-latency-ms-max <limit>', 'throttle of the move under load: milliseconds, or "auto"', latency);
addBench(
  'switches',
  'Moves the traffic of one table and of many there and back, and says what clients see of it.',
  benchSwitches,
  describeSwitches,
)
  .option('--tables <numbers>', 'how many tables move, one move for each', numbers, [1, 100, 300])
  .option('--held-seconds <number>', 'how long what is in the way is held', positive, 3)
  .setOptionValue('rows', 100)
  .setOptionValue('baselineSeconds', 5);

program
  .command('following')
  .description('Watches what operations cost that are held back, and only follow.')
  .option('--migrations <number>', 'migrations that are held back', positive, 50)
  .option('--moves <number>', 'moves beside them', positive, 10)
  .option('--seconds <number>', 'how long each part is watched', positive, 30)
  .action(async (options: Omit<FollowingOptions, 'progress'>) => {
    const measured = await benchFollowing({ ...options, progress: createProgress() });
    process.stdout.write(describeFollowing(measured));
    if (measured.problems.length > 0) process.exitCode = 1;
  });

program
  .command('memory')
  .description('Watches what a worker holds that carries many migrations, one after the other.')
  .option('--operations <number>', 'how many migrations', positive, 100)
  .action(async (options: Omit<MemoryOptions, 'progress'>) => {
    process.stdout.write(describeMemory(await benchMemory({ ...options, progress: createProgress() })));
  });

program
  .command('fleet')
  .description('Follows many operations on workers without a database, loses one, and sends commands to many at once.')
  .option('--operations <number>', 'operations that are held back', positive, 1_000)
  .option('--workers <number>', 'worker processes', positive, 3)
  .option('--slots <number>', 'operations that one worker follows at most', positive)
  .option('--commands <number>', 'how many are let complete, and how many are cancelled', positive, 100)
  .option('--seconds <number>', 'how long all of them are watched', positive, 60)
  .action(async (options: Omit<FleetOptions, 'progress' | 'lostBy'>) => {
    // What no worker takes within 10 s is told, and the timer for that ends in an event.
    const settleSeconds = 15;
    const figures = await benchFleet({ ...options, settleSeconds, lostBy: 'SIGKILL', progress: createProgress() });
    process.stdout.write(describeFleet(figures));
    if (figures.problems.length > 0) process.exitCode = 1;
  });

program.parseAsync().catch(fail);
