/** Pure: what an application knows of the rules of all moves, and what follows for one table. */
import type { RoutingRow } from '../mysql/server/sidecar/routing-rules.js';
import type { Place, RoutingRule, RuleSet, TableHome } from '../domain/routing.js';

/** The rules of one move. Its number is above that of every move that began before. */
export interface KnownMove extends RuleSet {
  readonly number: number;
}

export type KnownMoves = ReadonlyMap<string, KnownMove>;

/** The moves in the rows of one read. */
export function movesIn(rows: readonly RoutingRow[]): KnownMoves {
  const moves = new Map<string, KnownMove & { readonly rules: RoutingRule[] }>();
  for (const row of rows) {
    const { operationId, move } = row;
    const known = moves.get(operationId) ?? {
      number: Number(row.number),
      operationId,
      move,
      version: Number(row.version),
      rules: [],
    };
    if (row.cluster !== null) known.rules.push(ruleIn(row, row.cluster));
    moves.set(operationId, known);
  }
  return moves;
}

function ruleIn(row: RoutingRow, cluster: string): RoutingRule {
  return {
    cluster,
    database: row.database,
    table: row.table,
    reads: { cluster: row.readsCluster, database: row.readsDatabase },
    writes: { cluster: row.writesCluster, database: row.writesDatabase },
  };
}

/**
 * What is known after a read: of each move the higher version, so that a replica that is behind, or a server that was
 * restored, takes nobody back. The same object where there is nothing new.
 */
export function learn(known: KnownMoves, read: KnownMoves): KnownMoves {
  const news = [...read.values()].filter((move) => move.version > (known.get(move.operationId)?.version ?? 0));
  if (news.length === 0) return known;
  return new Map([...known, ...news.map((move) => [move.operationId, move] as const)]);
}

/**
 * Where a table is now. Moves follow each other: a table that went from A to B may go on to C, or back to A. So each step
 * takes the newest move from the place that was reached, and only one that is newer than the step before.
 */
export function placeOf(known: KnownMoves, home: TableHome, traffic: 'reads' | 'writes'): Place {
  let place: Place = { cluster: home.cluster, database: home.database };
  for (let after = 0; ;) {
    const step = newestFrom(known, { ...place, table: home.table }, after);
    if (step === undefined) return place;
    place = step.rule[traffic];
    after = step.number;
  }
}

interface Step {
  readonly number: number;
  readonly rule: RoutingRule;
}

function newestFrom(known: KnownMoves, from: TableHome, after: number): Step | undefined {
  let newest: Step | undefined;
  for (const { number, rules } of known.values()) {
    if (number <= (newest?.number ?? after)) continue;
    const rule = rules.find(
      ({ cluster, database, table }) => cluster === from.cluster && database === from.database && table === from.table,
    );
    if (rule !== undefined) newest = { number, rule };
  }
  return newest;
}
