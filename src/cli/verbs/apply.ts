/** `switchyard ddl apply`: the statements of a folder, one after the other, each once. */
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Command } from 'commander';
import type { MigrationHandle } from '../../client/operations.js';
import { readOnlineDdlInput, type OnlineDdlInput } from '../../contract/migration/input.js';
import { appliedWorkflowId } from '../../contract/names.js';
import { hasCode, SwitchyardError } from '../../errors/switchyard-error.js';
import { connected, isJson, type Called, type Context } from '../context.js';
import { exitCodes, UsageProblem, type ExitCode } from '../ends.js';
import { NotAValue } from '../flags/flag.js';
import { startMigrationFlags } from '../flags/starts.js';
import { textOf } from '../flags/values.js';
import { writeJson } from '../terminal.js';
import { untilEnd } from '../wait.js';
import { inputFields, sayInFlags, withStart } from './starts.js';

/** One file. */
interface Step {
  readonly file: string;
  readonly workflowId: string;
  readonly input: OnlineDdlInput;
}

interface ApplyOptions {
  readonly after?: string;
  readonly summary?: string;
  readonly dryRun?: true;
}

export function addApply(ddl: Command, context: Context): void {
  const command = ddl
    .command('apply')
    .description('runs the .sql files of a folder in the order of their names, each once, and waits for each.')
    .argument('<folder>', 'one ALTER TABLE in each file')
    .option('--after <file>', 'leave out the files up to this one: those that Temporal has forgotten');
  withStart(command, startMigrationFlags, 'many').action((folder: string) => apply(command, context, folder));
}

async function apply(command: Command, context: Context, folder: string): Promise<void> {
  const { after, summary, dryRun = false } = command.opts<ApplyOptions>();
  const { tableOf } = await import('../../client/table-of.js');
  const fields = inputFields(command, startMigrationFlags);
  // All are read before the first one is begun: a mistake in the last one stops everything.
  const steps = filesIn(folder, after).map((path) => stepOf(path, fields, tableOf));
  await connected(command, context, async (called) => {
    for (const step of steps) {
      const code = await applyOne(called, step, summary, dryRun);
      if (code !== exitCodes.done) return code;
    }
    if (!isJson(command))
      called.terminal.write(dryRun ? 'Nothing was started.\n' : `All ${steps.length} are applied.\n`);
    return exitCodes.done;
  });
}

/** In the order of their names, numbers in them as numbers. @throws UsageProblem. */
export function filesIn(folder: string, after?: string): readonly string[] {
  const names = namesIn(folder)
    .filter((name) => name.endsWith('.sql'))
    .sort((one, other) => one.localeCompare(other, 'en', { numeric: true }) || (one < other ? -1 : 1));
  if (names.length === 0) throw new UsageProblem(`${folder} has no files that end in .sql.`);
  const last = after === undefined ? -1 : names.indexOf(basename(after));
  if (after !== undefined && last < 0) throw new UsageProblem(`--after: ${folder} has no file ${basename(after)}.`);
  return names.slice(last + 1).map((name) => join(folder, name));
}

function namesIn(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw new UsageProblem(`There is no folder ${folder}.`);
  }
  return readdirSync(folder);
}

function stepOf(path: string, fields: object, tableOf: (input: OnlineDdlInput) => string): Step {
  const file = basename(path);
  try {
    const input = readOnlineDdlInput({ ...fields, statement: textOf(path).trim() });
    tableOf(input);
    return { file, workflowId: appliedWorkflowId(input.cluster, input.database, file), input };
  } catch (error) {
    if (error instanceof NotAValue) throw new UsageProblem(error.message);
    if (hasCode(error, 'INVALID_INPUT')) sayInFlags(error, startMigrationFlags, `${file}: `);
    if (error instanceof SwitchyardError) throw new UsageProblem(`${file}: ${error.message} ${error.remedy}`);
    throw error;
  }
}

async function applyOne(called: Called, step: Step, summary: string | undefined, dryRun: boolean): Promise<ExitCode> {
  const { client, terminal, json } = called;
  const { file, workflowId, input } = step;
  const say = (outcome: string, words: string): void => {
    if (json) writeJson(terminal, { version: 1, kind: 'file', file, workflowId, outcome });
    else terminal.write(`${file}: ${words}\n`);
  };
  const handle = client.migration(workflowId);
  const before = await stateOf(handle);
  if (before === 'completed') {
    const { statement } = await handle.status();
    if (statement !== input.statement) throw changed(file);
    say('alreadyApplied', 'already applied.');
    return exitCodes.done;
  }
  if (dryRun) {
    say('wouldApply', before === 'open' ? `runs already, as ${workflowId}.` : `would be applied, as ${workflowId}.`);
    return exitCodes.done;
  }
  const isStarted = before === 'none' && (await isBegun(called, step, summary));
  if (!isStarted && (await handle.status()).statement !== input.statement) throw changed(file);
  say(isStarted ? 'started' : 'joined', `${isStarted ? 'started' : 'runs already'}, as ${workflowId}.`);
  return untilEnd(called, handle, { phase: null, timeoutMs: null, wanted: 'completed' });
}

/** False where somebody else has begun it meanwhile. */
async function isBegun({ client }: Called, { file, workflowId, input }: Step, summary = file): Promise<boolean> {
  try {
    await client.onlineDdl(input, { workflowId, summary });
    return true;
  } catch (error) {
    if (hasCode(error, 'ALREADY_STARTED')) return false;
    throw error;
  }
}

function changed(file: string): UsageProblem {
  return new UsageProblem(`${file} was begun with another statement than it has now. Put the new one into a new file.`);
}

/** What has failed or was cancelled has changed nothing: it is tried again. */
async function stateOf(handle: MigrationHandle): Promise<'none' | 'open' | 'completed'> {
  try {
    const { open, execution } = await handle.summary();
    if (open) return 'open';
    return execution === 'COMPLETED' && (await handle.result()).outcome === 'completed' ? 'completed' : 'none';
  } catch (error) {
    if (hasCode(error, 'UNKNOWN_WORKFLOW')) return 'none';
    throw error;
  }
}
