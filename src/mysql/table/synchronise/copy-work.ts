/** What is kept synchronous, and over which connections: the tables of a migration or of a move. */
import type { TableName } from '../../../schema/table-model.js';
import type { Guard } from '../follow/guard.js';
import type { RowWay } from '../rows/row-way.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { ClusterSettings } from '../../server/session/cluster-settings.js';
import type { SessionPair } from '../../server/session/session-pair.js';
import type { Session } from '../../server/session/session.js';

/** Each call opens new sessions; whoever has asked closes them. */
export interface Connections {
  /** For looking, and on the target for the sidecar of the operation. */
  readonly control: (side: 'source' | 'target') => Promise<Session>;
  /** For moving rows in the way of the work. */
  readonly rows: () => Promise<SessionPair>;
  /** For comparing: with the same settings on both sides. */
  readonly compared: () => Promise<SessionPair>;
  /** For building indexes of the copies, and for reading bounds of the sources. */
  readonly data: (side: 'source' | 'target') => Promise<Session>;
}

export interface CopyWork {
  readonly operationId: string;
  readonly tables: readonly TablePlan[];
  readonly way: RowWay;
  /** Copies that are on the source's server: changing them is our own work. */
  readonly copies: readonly TableName[];
  /** Tables on the source's server that nobody else may change. */
  readonly guard?: Guard;
  /** Which tables they are, by their numbers, kept with what is compared of them; absent where no feed could miss it. */
  readonly readTables?: () => Promise<ReadonlyMap<number, string>>;
  /** What was compared has to be compared again as a whole: it is not known to be of these tables. */
  readonly comparesAgain?: boolean;
  readonly connections: Connections;
  /** Those that it reads from and writes to, each once. */
  readonly clusters: readonly ClusterSettings[];
}
