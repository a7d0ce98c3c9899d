/** The messages of `moveTables`: its commands (what they do is in src/lifecycle/move/commands.ts) and its queries. */
import { defineQuery, setHandler } from '@temporalio/workflow';
import { decodePayload } from '../../contract/decode.js';
import type { MoveCommandFields } from '../../contract/move/commands.js';
import { moveCommandDescriptions, moveCommandSchemas } from '../../contract/move/commands.js';
import type { MoveTablesDoctor, MoveTablesPlan, MoveTablesStatus } from '../../contract/move/status.js';
import type { CommandOptions } from '../../lifecycle/move/command.js';
import { receiveCommands } from '../operation/messages.js';
import type { Move } from './move.js';

/** Registers the handlers of all commands and queries; to be called before the first await. */
export function receiveMoveMessages(move: Move): void {
  setHandler(defineQuery<MoveTablesStatus>('status'), () => move.status, {
    description: 'Phase, traffic of each table, attempts, blockers, what does not answer, and the next step. No input.',
  });
  setHandler(defineQuery<MoveTablesPlan>('plan'), () => move.planned, {
    description: 'What is done, in which order and with which limits. No input.',
  });
  setHandler(defineQuery<MoveTablesDoctor>('doctor'), () => move.doctor, {
    description: 'What stays behind, and what looks for it on the clusters. No input.',
  });
  receiveCommands({
    descriptions: moveCommandDescriptions,
    decode: (name, payload) => decodePayload(moveCommandSchemas[name], payload),
    take: ({ fields, ...given }) => move.ask({ ...given, options: optionsIn(fields) }),
    hear: (payload) => move.hear(payload),
    refuse: (why) => move.happened({ kind: 'commandNotUnderstood', ...why }),
  });
}

/** What a payload says beyond who and why; it was decoded by the schema of its command. */
function optionsIn(fields: MoveCommandFields): CommandOptions {
  const { reads, writes, ignoreWindow, acceptLoss, force, components, overrideReachableSource } = fields;
  return { reads, writes, ignoreWindow, acceptLoss, force, components, overrideReachableSource };
}
