/** What the commands of every kind of operation have in common. */
import { z } from 'zod';
import { decodePayload } from '../decode.js';
import type { Decoded } from '../decode.js';
import type { Answer, AnsweredCommand } from '../../lifecycle/operation/state.js';
import { byCharactersMax, reasonCharactersMax } from '../../limits/limits.js';

/** The definite answer of a command (P2). `code` is `OK`, or a code of the error catalogue. */
export type CommandAnswer = Answer;

/** The last command with its answer, as the status shows it; also of signals, which have no other way to answer. */
export type LastCommand = AnsweredCommand;

/** Fields that every command takes: who and why, for the audit log. */
export const commonFields = {
  reason: z.string().max(reasonCharactersMax).optional(),
  by: z.string().max(byCharactersMax).optional(),
};

export const plain = z.strictObject(commonFields).optional();

/** As the first versions read it: what is unknown was ignored, and histories have commands that did something so. */
const plainOfFirstVersions = z.object(commonFields).optional();

/** Decodes the payload of a command; `asFirstVersions` only where a history of theirs is replayed. */
export function decodeCommand(schema: z.ZodType, payload: unknown, asFirstVersions: boolean): Decoded<unknown> {
  return decodePayload(asFirstVersions && schema === plain ? plainOfFirstVersions : schema, payload);
}
