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
import type { CommandAnswer } from '../contract/commands.js';
import type { Decoded } from '../contract/decode.js';
import { SwitchyardError } from '../errors/switchyard-error.js';

/** A command whose payload was understood. */
export interface Understood<Name extends string> {
  readonly name: Name;
  readonly via: 'update' | 'signal';
  /** Who gave it and why, in their own words; null where they did not say. */
  readonly by: string | null;
  readonly reason: string | null;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Why a message was not understood, as a refusal. */
export interface NotUnderstood {
  readonly code: 'INVALID_INPUT' | 'UNKNOWN_COMMAND';
  readonly message: string;
}

/** What a workflow brings: its commands by name with what the UI shows beside them, and what is done with them. */
export interface CommandReceiver<Name extends string> {
  readonly descriptions: Readonly<Record<Name, string>>;
  decode(name: Name, payload: unknown): Decoded<unknown>;
  /** Carries the command out, synchronously; the promise is for the answer and never rejects. */
  take(command: Understood<Name>): Promise<CommandAnswer>;
  /** Notes a signal that was not understood. */
  refuse(name: string, why: NotUnderstood): void;
}

/**
 * Registers all handlers; to be called before the first await. The defaults come first: what arrived before the start
 * is handed to them in the order of its arrival, where named handlers would get it in the order of their registration.
 */
export function receiveCommands<Name extends string>(receiver: CommandReceiver<Name>): void {
  const signal = (name: string, payload: unknown): void => {
    const understood = understand(receiver, name, payload, 'signal');
    if ('code' in understood) receiver.refuse(name, understood);
    else void receiver.take(understood);
  };
  const update = async (name: string, payload: unknown): Promise<CommandAnswer> => {
    const understood = understand(receiver, name, payload, 'update');
    if ('code' in understood) throw asRejection(understood);
    return receiver.take(understood);
  };
  setDefaultSignalHandler(signal);
  setDefaultUpdateHandler(update);
  for (const [name, description] of Object.entries<string>(receiver.descriptions)) {
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

function understand<Name extends string>(
  receiver: CommandReceiver<Name>,
  name: string,
  payload: unknown,
  via: 'update' | 'signal',
): Understood<Name> | NotUnderstood {
  const isName = (text: string): text is Name => Object.hasOwn(receiver.descriptions, text);
  if (!isName(name)) {
    const known = Object.keys(receiver.descriptions);
    const { message } = new SwitchyardError('UNKNOWN_COMMAND', { command: name, known });
    return { code: 'UNKNOWN_COMMAND', message };
  }
  const decoded = receiver.decode(name, payload);
  if (!decoded.fits) {
    const { message } = new SwitchyardError('INVALID_INPUT', { problem: `${name}: ${decoded.problem}` });
    return { code: 'INVALID_INPUT', message };
  }
  const fields = (decoded.value ?? {}) as Readonly<Record<string, unknown>>;
  const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
  return { name, via, by: text(fields['by']), reason: text(fields['reason']), fields };
}

function asRejection({ code, message }: NotUnderstood): ApplicationFailure {
  return ApplicationFailure.create({ type: code, message, nonRetryable: true });
}
