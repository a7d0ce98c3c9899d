/** What `ddl` and `move` have in common: they start an operation, say which, and wait for it where they are told to. */
import type { Command } from 'commander';
import type { StartOptions } from '../../client/switchyard-client.js';
import { shellWord } from '../../contract/command-line.js';
import { hasCode } from '../../errors/switchyard-error.js';
import {
  addOwnFlags,
  connected,
  withConnection,
  withTaskQueue,
  type Called,
  type Context,
  isJson,
} from '../context.js';
import { exitCodes, UsageProblem, type ExitCode } from '../ends.js';
import type { OperationHandle } from '../find.js';
import { givenFields, inFlags, parsedBy, type PlacedFlag } from '../flags/flag.js';
import { jsonObject } from '../flags/values.js';
import { writeJson } from '../terminal.js';
import { untilEnd, waitingOf, withWaiting } from '../wait.js';

type Fields = Readonly<Record<string, unknown>>;

/** What is started. */
export interface Starting<Input> {
  /** Its conventional id. @throws errors of the catalogue where the input is not one. */
  idOf(input: Input): string;
  start(called: Called, input: Input, options: StartOptions): Promise<OperationHandle>;
}

interface StartFlags {
  readonly id?: string;
  readonly summary?: string;
  readonly dryRun?: true;
  readonly options?: Fields;
}

/** Lets a verb take everything that a start takes. @param operations several have ids by themselves, and are waited for. */
export function withStart(command: Command, flags: readonly PlacedFlag[], operations: 'one' | 'many' = 'one'): Command {
  addOwnFlags(command, flags)
    .option('--options <json>', 'options as JSON, or @FILE; what flags say comes first', (text) =>
      parsedBy(jsonObject, text),
    )
    .optionsGroup('The operation:')
    .option('--summary <text>', 'what lists show beside the id, such as a ticket')
    .option('--dry-run', 'only say what would be started');
  if (operations === 'one') {
    command.option('--id <id>', 'its id, by which it is steered and found (a name by convention)');
    withWaiting(command);
  }
  return withTaskQueue(withConnection(command));
}

/** The fields of the input, of flags and of `--options`. */
export function inputFields(command: Command, flags: readonly PlacedFlag[]): Fields {
  const given = givenFields(command, flags);
  const { options } = command.opts<StartFlags>();
  return options === undefined ? given : { ...given, options: merged(options, given['options']) };
}

/** Fields within fields; those of `over` come first. */
function merged(under: unknown, over: unknown): unknown {
  if (!isFields(under) || !isFields(over)) return over === undefined ? under : over;
  const names = new Set([...Object.keys(under), ...Object.keys(over)]);
  return Object.fromEntries([...names].map((name) => [name, merged(under[name], over[name])]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The same error in the words of the command line. @param where stands before it. @throws it. */
export function sayInFlags(error: unknown, flags: readonly PlacedFlag[], where = ''): never {
  if (!hasCode(error, 'INVALID_INPUT')) throw error;
  throw new UsageProblem(`${where}${inFlags(String(error.facts['problem']), flags)}.`);
}

/** Starts it, or says what would be started. */
export async function startOperation<Input extends object>(
  command: Command,
  context: Context,
  flags: readonly PlacedFlag[],
  input: Input,
  { idOf, start }: Starting<Input>,
): Promise<void> {
  const { id, summary, dryRun = false } = command.opts<StartFlags>();
  const waiting = waitingOf(command);
  let workflowId: string;
  try {
    workflowId = id ?? idOf(input);
  } catch (error) {
    sayInFlags(error, flags);
  }
  if (dryRun) {
    context.exitCode = sayDryRun(context, isJson(command), workflowId, input);
    return;
  }
  await connected(command, context, async (called) => {
    const handle = await start(called, input, { workflowId, summary });
    sayStarted(called, handle);
    return waiting === null ? exitCodes.done : untilEnd(called, handle, { ...waiting, wanted: 'completed' });
  });
}

function sayDryRun({ terminal }: Context, json: boolean, workflowId: string, input: object): ExitCode {
  if (json) writeJson(terminal, { version: 1, kind: 'wouldStart', workflowId, input });
  else terminal.write(`Nothing was started. It would be ${workflowId}, with\n${JSON.stringify(input, null, 2)}\n`);
  return exitCodes.done;
}

function sayStarted({ terminal, json }: Called, { kind: type, workflowId }: OperationHandle): void {
  if (json) writeJson(terminal, { version: 1, kind: 'started', workflowId, type });
  else terminal.write(`Started ${workflowId}; "switchyard watch ${shellWord(workflowId)}" shows how far it is.\n`);
}
