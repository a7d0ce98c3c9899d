/** The commands of operations: one verb each, as the contract has them. */
import type { Command } from 'commander';
import type { CommandAnswer } from '../../contract/operation/commands.js';
import { decodePayload } from '../../contract/decode.js';
import { confirm, type Question } from '../confirm.js';
import { addOwnFlags, connected, withConnection, type AddVerb, type Called, type Context } from '../context.js';
import { exitCodes, UsageProblem, type ExitCode } from '../ends.js';
import { commandSchemas, commandVerbs, type CommandVerb } from '../flags/commands.js';
import { givenFields, inFlags } from '../flags/flag.js';
import { findCleanup, findWorkflow, type AnyHandle } from '../find.js';
import { writeJson } from '../terminal.js';
import { untilEnd, withWaiting, waitingOf, type Waiting } from '../wait.js';

type Fields = Readonly<Record<string, unknown>>;

const exits: Readonly<Record<CommandAnswer['outcome'], ExitCode>> = {
  ...{ done: exitCodes.done, accepted: exitCodes.done },
  ...{ refused: exitCodes.refused, tooLate: exitCodes.tooLate },
};

export const addCommandVerbs: AddVerb = (program, context) => {
  program.commandsGroup('Steer:');
  for (const verb of commandVerbs) addVerb(program, context, verb);
  program.commandsGroup('Look after:');
};

function addVerb(program: Command, context: Context, verb: CommandVerb): void {
  // What is not built is refused by its name, and not offered.
  const hidden = verb.about.startsWith('not built');
  const command = program
    .command(verb.verb, { hidden })
    .description(`${verb.about}.`)
    .argument('<id>', 'the id of the operation');
  addOwnFlags(command, verb.flags);
  if (verb.confirmation !== undefined || takesLoss(verb)) command.option('--yes', 'agree to it without being asked');
  withWaiting(command);
  withConnection(command).action((id: string) => {
    // What is wrong with it is said before anybody is asked.
    const sent: Sent = {
      fields: givenFields(command, verb.flags),
      isAgreed: command.opts<{ yes?: true }>().yes ?? false,
      waiting: waitingOf(command),
    };
    return connected(command, context, (called) => send(called, verb, id, sent));
  });
}

function takesLoss({ flags }: CommandVerb): boolean {
  return flags.some(({ name }) => name === 'accept-loss');
}

interface Sent {
  readonly fields: Fields;
  readonly isAgreed: boolean;
  readonly waiting: Waiting | null;
}

async function send(
  called: Called,
  verb: CommandVerb,
  id: string,
  { fields, isAgreed, waiting }: Sent,
): Promise<ExitCode> {
  const { client, terminal, json } = called;
  const handle = await (verb.types.every((type) => type === 'tableCleanup') ? findCleanup : findWorkflow)(client, id);
  checkFields(verb, handle, fields);
  const question = questionOf(verb, handle, fields);
  if (question !== null && fields['dryRun'] !== true) await confirm(terminal, question, isAgreed);
  const answer = await (handle as Commanded).command(verb.command, fields);
  const { workflowId } = handle;
  if (json) writeJson(terminal, { version: 1, kind: 'answer', workflowId, command: verb.command, ...answer });
  else {
    const { outcome, code, message } = answer;
    const words = `${outcome}${answer.dryRun === true ? ' (dry run)' : ''}: ${code === 'OK' ? '' : `${code}: `}${message}`;
    if (['refused', 'tooLate'].includes(outcome)) terminal.complain(`${words}\n`);
    else terminal.write(`${words}\n`);
  }
  const code = exits[answer.outcome];
  if (waiting === null || code !== exitCodes.done || answer.dryRun === true) return code;
  return untilEnd(called, handle, { ...waiting, wanted: verb.command === 'cancel' ? 'cancelled' : 'completed' });
}

/** A workflow whose commands are checked by their schemas, and not by their types. */
interface Commanded {
  command(name: string, input: Fields): Promise<CommandAnswer>;
}

/** What the worker would refuse to read is refused here, in the words of the command line. @throws UsageProblem. */
function checkFields(
  { command, verb, flags, types }: CommandVerb,
  { kind, workflowId }: AnyHandle,
  fields: Fields,
): void {
  const schemas: Readonly<Record<string, Parameters<typeof decodePayload>[0]>> = commandSchemas[kind];
  const schema = schemas[command];
  if (schema === undefined) {
    throw new UsageProblem(`${verb} is for ${types.join(' or ')}; ${workflowId} is of type ${kind}.`);
  }
  const decoded = decodePayload(schema, fields);
  if (!decoded.fits) throw new UsageProblem(`${verb}: ${inFlags(decoded.problem, flags)}.`);
}

/** Who has to agree to what; null for nobody. */
function questionOf(
  { confirmation, verb, about }: CommandVerb,
  { workflowId }: AnyHandle,
  fields: Fields,
): Question | null {
  const name = workflowId.slice(workflowId.indexOf('/') + 1);
  const what = `${verb} ${workflowId}: ${about}.`;
  if (fields['acceptLoss'] === true)
    return { what: `${what} What only the side has that is given up is lost.`, word: name };
  if (confirmation === undefined) return null;
  return { what, word: confirmation === 'name' ? name : 'yes' };
}
