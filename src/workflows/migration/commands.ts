/** The messages of `onlineDdl`: its commands (what they do is in src/lifecycle/migration/commands.ts) and its queries. */
import { defineQuery, deprecatePatch, setHandler } from '@temporalio/workflow';
import { onlineDdlCommandDescriptions, onlineDdlCommandSchemas } from '../../contract/migration/commands.js';
import { decodePayload } from '../../contract/decode.js';
import type { OnlineDdlPlan, OnlineDdlStatus } from '../../contract/migration/status.js';
import { receiveCommands } from '../operation/messages.js';
import type { Migration } from './migration.js';

/** Fields of setLimits that the design has and that are refused by name until they are built. */
const notBuiltFields = ['forceAfter'] as const;

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
    decode: (name, payload) => decodePayload(onlineDdlCommandSchemas[name], payload),
    take: ({ fields, ...given }) => {
      const notBuilt = notBuiltFields.filter((field) => fields[field] !== undefined);
      return migration.ask({ ...given, notBuilt, ignoreWindow: fields['ignoreWindow'] === true });
    },
    hear: (payload) => migration.hear(payload),
    refuse: (why) => {
      // Recorded histories have this marker; nothing depends on it any more.
      deprecatePatch('strict-and-audited-refusals');
      migration.happened({ kind: 'commandNotUnderstood', ...why });
    },
  });
}
