/** What verbs work with: where they speak, how they get to Temporal, and how they end. */
import type { Command } from 'commander';
import type { SwitchyardClient } from '../client/switchyard-client.js';
import type { ExitCode } from './ends.js';
import { addFlags, type PlacedFlag } from './flags/flag.js';
import type { Terminal } from './terminal.js';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface Context {
  readonly terminal: Terminal;
  readonly env: Environment;
  /** Who gives commands that do not say who: for the audit log. */
  readonly by: string;
  /** How often an operation is looked at that is followed. */
  readonly everyMs: number;
  /** What the process ends with. */
  exitCode: ExitCode;
  /** @throws errors of the catalogue. */
  connect(taskQueue: string | undefined, env: Environment): Promise<SwitchyardClient>;
}

/** A verb, or several, added to the program. */
export type AddVerb = (program: Command, context: Context) => void;

/** What verbs that talk to Temporal are told on the command line beside their own. */
interface ConnectionOptions {
  readonly address?: string;
  readonly namespace?: string;
  readonly profile?: string;
  readonly taskQueue?: string;
  readonly json?: true;
}

/** Lets a verb take where Temporal is, and whether a program reads what it says. */
export function withConnection(command: Command): Command {
  return command
    .optionsGroup('Connection and output:')
    .option('--address <host:port>', 'where Temporal is (TEMPORAL_ADDRESS, or the profile of the Temporal CLI)')
    .option('--namespace <name>', 'the namespace (TEMPORAL_NAMESPACE, or the profile)')
    .option('--profile <name>', 'the profile of the Temporal CLI (TEMPORAL_PROFILE)')
    .option('--json', 'one object of JSON on each line of standard output, with a version');
}

/** Also where the workers take work. */
export function withTaskQueue(command: Command): Command {
  return command.option('--task-queue <name>', 'the task queue of the workers (switchyard)');
}

export function addOwnFlags(command: Command, flags: readonly PlacedFlag[]): Command {
  return addFlags(command.optionsGroup('Options:'), flags);
}

/** Where Temporal is, as the variables of its settings. */
export function temporalEnvironment({
  address,
  namespace,
  profile,
}: Pick<ConnectionOptions, 'address' | 'namespace' | 'profile'>): Environment {
  return {
    ...(address === undefined ? {} : { TEMPORAL_ADDRESS: address }),
    ...(namespace === undefined ? {} : { TEMPORAL_NAMESPACE: namespace }),
    ...(profile === undefined ? {} : { TEMPORAL_PROFILE: profile }),
  };
}

/** What a verb does once it is connected. */
export interface Called {
  readonly client: SwitchyardClient;
  readonly terminal: Terminal;
  readonly everyMs: number;
  /** Whether a program reads what is said. */
  readonly json: boolean;
}

/** Connects as `command` was told, works, and closes the connection. @throws what connecting and working throw. */
export async function connected(
  command: Command,
  context: Context,
  work: (called: Called) => Promise<ExitCode>,
): Promise<void> {
  const { taskQueue, json = false, ...where } = command.opts<ConnectionOptions>();
  const { terminal, everyMs } = context;
  const client = await context.connect(taskQueue, { ...context.env, ...temporalEnvironment(where) });
  try {
    context.exitCode = await work({ client, terminal, everyMs, json });
  } finally {
    await client.close();
  }
}

/** For verbs that do not connect. */
export function isJson(command: Command): boolean {
  return command.opts<ConnectionOptions>().json ?? false;
}
