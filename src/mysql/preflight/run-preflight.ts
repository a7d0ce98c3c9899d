/**
 * Preflight: what must be so before anything is made. It changes nothing on the servers. Not asked here: free disk space,
 * which SQL does not tell, and what only shows when the server has run the statement on a copy (migration/make-shadow.ts).
 */
import { roughCopyBytesPerSecond } from '../../limits/mysql.js';
import { roughDurationSecondsMin } from '../../limits/mysql-preflight.js';
import type { AlterStatement } from '../../schema/alter-statement.js';
import { hasNamedChecks } from '../../schema/create-statement.js';
import type { Check, ContextOf, Scope, Site } from './check.js';
import { checks } from './checks.js';

/** What an operation is about: a migration has one site and a statement, a move its source and its target. */
export interface PreflightSubject {
  readonly sites: readonly [Site] | readonly [source: Site, target: Site];
  readonly statement?: AlterStatement;
  /** Where the caller knows it better than a guess from the size of the tables. */
  readonly expectedDurationSeconds?: number;
}

/**
 * Asks all checks, each as often as its scope is there; the first that fails ends it.
 * @returns what the operator should know although it stops nothing, one sentence each.
 * @throws SwitchyardError of the first failure; the driver's errors.
 */
export async function runPreflight(subject: PreflightSubject): Promise<readonly string[]> {
  const contexts = contextsOf(subject);
  const warnings = new Set<string>();
  for (const check of checks) for (const warning of await ask(check, contexts)) warnings.add(warning);
  return [...warnings];
}

/** For each scope, what there is of it. */
type AllContexts = { readonly [One in Scope]: readonly ContextOf<One>[] };

function contextsOf(subject: PreflightSubject): AllContexts {
  const { sites, statement } = subject;
  const [source, target] = sites;
  return {
    server: sites.map((site) => serverOf(site, subject)),
    table: sites,
    pair: target === undefined ? [] : [{ source, target }],
    statement: statement === undefined ? [] : [{ statement }],
  };
}

function ask(check: Check, contexts: AllContexts): Promise<readonly string[]> {
  switch (check.scope) {
    case 'server':
      return askEach(check.ask, contexts.server);
    case 'table':
      return askEach(check.ask, contexts.table);
    case 'pair':
      return askEach(check.ask, contexts.pair);
    case 'statement':
      return askEach(check.ask, contexts.statement);
  }
}

async function askEach<Context>(
  ask: (context: Context) => Promise<readonly string[]>,
  contexts: readonly Context[],
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const context of contexts) warnings.push(...(await ask(context)));
  return warnings;
}

function serverOf(site: Site, { expectedDurationSeconds }: PreflightSubject): ContextOf<'server'> {
  const { session, facts, database, tables } = site;
  return {
    ...{ session, facts, database },
    needsOwnDatabases: tables.some(({ createStatement }) => hasNamedChecks(createStatement)),
    expectedDurationSeconds: expectedDurationSeconds ?? roughDurationSeconds(site),
  };
}

function roughDurationSeconds({ tables }: Site): number {
  const bytes = tables.reduce((sum, { dataBytesEstimated }) => sum + dataBytesEstimated, 0);
  return Math.max(roughDurationSecondsMin, bytes / roughCopyBytesPerSecond);
}
