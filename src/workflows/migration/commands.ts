/** The messages of `onlineDdl`: its commands (what they do is in src/lifecycle/migration/commands.ts) and its queries. */
import { defineQuery, setHandler } from '@temporalio/workflow';
import { onlineDdlCommandDescriptions, onlineDdlCommandSchemas } from '../../contract/migration/commands.js';
import { decodeCommand } from '../../contract/operation/commands.js';
import { decodePayload } from '../../contract/decode.js';
import { cutOverChangeSchema } from '../../contract/migration/input.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../../contract/migration/status.js';
import { receiveCommands } from '../operation/messages.js';
import type { Migration } from './migration.js';

/** Fields of setCutOver that the design has and that are refused by name until they are built. */
const notBuiltFields = ['window', 'forceAfter'] as const;
const changeSchema = cutOverChangeSchema.strip();

/** Registers the handlers of all commands and queries; to be called before the first await. */
export function receiveMessages(migration: Migration): void {
  setHandler(defineQuery<OnlineDdlStatus>('status'), () => migration.status, {
    description: 'Phase, reasons, attempts, blockers and the next step. No input.',
  });
  setHandler(defineQuery<OnlineDdlPlan>('plan'), () => migration.planned, {
    description: 'What is done, in which order and with which limits. No input.',
  });
  receiveCommands({
    descriptions: onlineDdlCommandDescriptions,
    decode: (name, payload) => decodeCommand(onlineDdlCommandSchemas[name], payload, false),
    decodeAsFirstVersions: (name, payload) => decodeCommand(onlineDdlCommandSchemas[name], payload, true),
    take: ({ name, via, by, reason, fields }) => {
      const decoded = decodePayload(changeSchema, fields);
      const change = decoded.fits ? decoded.value : {};
      const notBuilt = notBuiltFields.filter((field) => fields[field] !== undefined);
      return migration.ask({ name, via, by, reason, change, notBuilt });
    },
    refuse: (why) => migration.happened({ kind: 'commandNotUnderstood', ...why }),
  });
}
