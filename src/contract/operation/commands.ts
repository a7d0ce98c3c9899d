/** What the commands of every kind of operation have in common. */
import { z } from 'zod';
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
