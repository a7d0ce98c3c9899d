/**
 * What one check of preflight is: a question that is asked before anything is made, in a file of its own in `checks/`. Its
 * scope says what it is about, and it gets that and no more: what is about a server is asked once for each server, whatever
 * the number of tables.
 */
import type { AlterStatement } from '../../schema/alter-statement.js';
import type { TableModel } from '../../schema/table-model.js';
import type { Session } from '../server/session/session.js';
import type { ServerFacts } from './server-facts.js';

/** One server of an operation, with what the operation has there. */
export interface Site {
  /** Without an open transaction; used by one check at a time. */
  readonly session: Session;
  readonly facts: ServerFacts;
  readonly database: string;
  /** All of this database, as they are called here; on the target of a move they are still to be made. */
  readonly tables: readonly TableModel[];
}

/** What each scope gets. */
interface Contexts {
  /** A server and what the operation uses of it. */
  readonly server: Pick<Site, 'session' | 'facts'> & {
    /** Null where no operation asks: what is needed for every one. */
    readonly database: string | null;
    /** Databases of an operation's own beside the tables' one (migration/own-database.ts). */
    readonly needsOwnDatabases: boolean;
    /** How long the operation may take, roughly. */
    readonly expectedDurationSeconds: number;
  };
  /** The tables on one server: all at once, since a move may have a thousand, which are asked about in sets. */
  readonly table: Pick<Site, 'session' | 'facts' | 'database' | 'tables'>;
  /** Both servers of a move. */
  readonly pair: { readonly source: Site; readonly target: Site };
  /** The statement of a migration. */
  readonly statement: { readonly statement: AlterStatement };
}

export type Scope = keyof Contexts;
export type ContextOf<OfScope extends Scope> = Contexts[OfScope];

/** @returns warnings, one sentence each. @throws SwitchyardError where the operation cannot be done safely. */
type Ask<Context> = (context: Context) => Promise<readonly string[]>;

export type Check<OfScope extends Scope = Scope> = {
  [One in OfScope]: { readonly scope: One; readonly ask: Ask<Contexts[One]> };
}[OfScope];
