/**
 * Commands of a workflow: each one as an update, which answers, and as a signal of the same name, which cannot. Both go
 * through the same code (P2), and no signal ever fails a workflow.
 */
import {
  ApplicationFailure,
  defineSignal,
  defineUpdate,
  setDefaultSignalHandler,
  setDefaultUpdateHandler,
  setHandler,
} from '@temporalio/workflow';
import type { CommandAnswer, OperationFields } from '../../contract/operation/commands.js';
import { operationFieldsIn } from '../../contract/operation/commands.js';
import type { Decoded } from '../../contract/decode.js';
import { waitsToldSignal } from '../../contract/operation/waits.js';
import type { NotUnderstood } from '../../lifecycle/operation/event.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { byCharactersMax, commandCharactersMax, reasonCharactersMax } from '../../limits/shared.js';

/** Who gave a command, how and why; null where they did not say. */
interface Given {
  readonly via: 'update' | 'signal';
  readonly by: string | null;
  readonly reason: string | null;
}

/** A command whose payload was understood. */
interface Understood<Name extends string> extends Given, OperationFields {
  readonly name: Name;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What a workflow brings: its commands by name with what the UI shows beside them, and what is done with them. */
export interface CommandReceiver<Name extends string> {
  readonly descriptions: Readonly<Record<Name, string>>;
  decode(name: Name, payload: unknown): Decoded<unknown>;
  /** Carries the command out, synchronously; the promise is for the answer and never rejects. */
  take(command: Understood<Name>): Promise<CommandAnswer>;
  /** Takes what an activity tells of what it waits for; absent where none does. */
  hear?(payload: unknown): void;
  /** Notes a message that was not understood, also in the audit log (P9): its texts are short enough for that. */
  refuse(why: NotUnderstood): void;
}

/**
 * Registers all handlers; to be called before the first await. The defaults come first: what arrived before the start
 * is handed to them in the order of its arrival, where named handlers would get it in the order of their registration.
 */
export function receiveCommands<Name extends string>(receiver: CommandReceiver<Name>): void {
  const signal = (name: string, payload: unknown): void => {
    if (name === waitsToldSignal && receiver.hear !== undefined) return receiver.hear(payload);
    const understood = receive(receiver, name, payload, 'signal');
    if (!('code' in understood)) void receiver.take(understood);
  };
  const update = async (name: string, payload: unknown): Promise<CommandAnswer> => {
    const understood = receive(receiver, name, payload, 'update');
    if ('code' in understood) throw asRejection(understood);
    return receiver.take(understood);
  };
  setDefaultSignalHandler(signal);
  setDefaultUpdateHandler(update);
  for (const [name, description] of Object.entries<string>(receiver.descriptions)) {
    // Rejects before anything is in the history; so it can note nothing, neither here nor in the audit log.
    const validator = (payload?: unknown): void => {
      const understood = understand(receiver, name, payload, 'update');
      if ('code' in understood) throw asRejection(understood);
    };
    setHandler(defineSignal<[unknown?]>(name), (payload) => signal(name, payload), { description });
    setHandler(defineUpdate<CommandAnswer, [unknown?]>(name), (payload?: unknown) => update(name, payload), {
      description,
      validator,
    });
  }
}

/** Understands a message that is in the history, or refuses it and notes that. */
function receive<Name extends string>(
  receiver: CommandReceiver<Name>,
  name: string,
  payload: unknown,
  via: 'update' | 'signal',
): Understood<Name> | NotUnderstood {
  const understood = understand(receiver, name, payload, via);
  if ('code' in understood) receiver.refuse(understood);
  return understood;
}

function understand<Name extends string>(
  receiver: CommandReceiver<Name>,
  name: string,
  payload: unknown,
  via: 'update' | 'signal',
): Understood<Name> | NotUnderstood {
  const isName = (text: string): text is Name => Object.hasOwn(receiver.descriptions, text);
  if (!isName(name)) {
    const known = Object.keys(receiver.descriptions);
    return notUnderstood(name, payload, via, new SwitchyardError('UNKNOWN_COMMAND', { command: name, known }));
  }
  const decoded = receiver.decode(name, payload);
  if (!decoded.fits) {
    const problem = `${name}: ${decoded.problem}`;
    return notUnderstood(name, payload, via, new SwitchyardError('INVALID_INPUT', { problem }));
  }
  const fields = (decoded.value ?? {}) as Readonly<Record<string, unknown>>;
  return { name, via, ...givenIn(fields), ...operationFieldsIn(fields), fields };
}

function notUnderstood(
  name: string,
  payload: unknown,
  via: 'update' | 'signal',
  { code, message, remedy }: SwitchyardError,
): NotUnderstood {
  const { by, reason } = givenIn(payload);
  return {
    name: name.slice(0, commandCharactersMax),
    via,
    by: by?.slice(0, byCharactersMax) ?? null,
    reason: reason?.slice(0, reasonCharactersMax) ?? null,
    code: code === 'UNKNOWN_COMMAND' ? code : 'INVALID_INPUT',
    message: `${message} ${remedy}`,
  };
}

/** Who and why, where the payload says it as texts. */
function givenIn(payload: unknown): Pick<Given, 'by' | 'reason'> {
  const fields = typeof payload === 'object' && payload !== null ? (payload as Readonly<Record<string, unknown>>) : {};
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { by: text(fields['by']), reason: text(fields['reason']) };
}

/** Without a stack: people see it, and it would show them paths of this program instead of what is wrong. */
function asRejection({ code, message }: NotUnderstood): ApplicationFailure {
  const failure = ApplicationFailure.create({ type: code, message, nonRetryable: true });
  failure.stack = '';
  return failure;
}
