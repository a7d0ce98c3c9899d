/** The settings in which a user's statement is read and run, of the preparation and of a plan alike. */
import { SwitchyardError } from '../../errors/switchyard-error.js';
import type { AlterContext } from '../../schema/alter-statement.js';
import { loadServerFacts, type ServerFacts } from '../preflight/server-facts.js';
import { serverErrorNumber, serverMessage } from '../server/session/server-errors.js';
import type { Session } from '../server/session/session.js';
import { controlVariables, sqlModes, type ConversionSettings } from '../server/session/variables.js';

/**
 * The facts of the server, with the sql_mode of the statement as the server spells it.
 * @param sqlMode absent: the server's own. @throws SQL_MODE_REFUSED.
 */
export async function loadStatementFacts(session: Session, sqlMode: string | undefined): Promise<ServerFacts> {
  const server = await loadServerFacts(session);
  return { ...server, sqlMode: await statementSqlMode(session, sqlMode ?? server.sqlMode) };
}

async function statementSqlMode(session: Session, asked: string): Promise<string> {
  try {
    await session.set({ sql_mode: asked });
  } catch (error) {
    if (serverErrorNumber(error) === undefined) throw error;
    throw new SwitchyardError('SQL_MODE_REFUSED', { problem: serverMessage(error) }, { cause: error });
  }
  const { mode } = await session.row<{ mode: string }>('SELECT @@SESSION.sql_mode AS mode');
  await session.set(controlVariables);
  return mode;
}

/** How the statement is read. */
export function alterContext({ sqlMode, lowerCaseTableNames }: ServerFacts, database: string): AlterContext {
  const modes = sqlMode.split(',');
  return {
    database,
    ansiQuotes: modes.includes('ANSI_QUOTES'),
    noBackslashEscapes: modes.includes('NO_BACKSLASH_ESCAPES'),
    lowerCaseTableNames: lowerCaseTableNames > 0,
  };
}

/** How its rows are converted, from now on. */
export async function conversionSettings(session: Session, facts: ServerFacts): Promise<ConversionSettings> {
  const { now } = await session.row<{ now: number | string }>('SELECT UNIX_TIMESTAMP() AS now');
  return { ...sqlModes(facts.sqlMode), timeZone: facts.timeZone, timestampSeconds: Number(now) };
}
