/**
 * What one check of preflight is: a question about the server or the table, in a file of its own
 * (docs/design/prepare.md, "Checks").
 */
import type { TableModel } from '../../schema/table-model.js';
import type { Session } from '../server/session/session.js';
import type { ServerFacts } from './server-facts.js';

export interface PreflightContext {
  /** Without an open transaction; used by one check at a time. */
  readonly session: Session;
  readonly facts: ServerFacts;
  readonly table: TableModel;
  /** How long the change may take, roughly. */
  readonly expectedDurationSeconds: number;
}

/** @returns warnings, one sentence each. @throws SwitchyardError where the change cannot be done safely. */
export type Check = (context: PreflightContext) => Promise<readonly string[]>;
