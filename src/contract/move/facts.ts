/** What people read of a move, beside what every operation has. */
import { tablesShownMax } from '../../limits/shared.js';
import { listed, type Facts } from '../operation/facts.js';
import type { MoveTablesStatus, TableTraffic } from './status.js';

export function moveFacts(status: MoveTablesStatus): Facts {
  const { source, target } = status.unreachable;
  const { rules, loss, reverse, completion } = status;
  const outage = (seen: typeof source): string | null =>
    seen === null ? null : `not reached since ${seen.since}: ${seen.problem}`;
  return [
    ['Traffic', trafficOf(status.traffic)],
    ['Rules', rules.version === 0 ? null : `version ${rules.version}, the router has ${rules.confirmed}`],
    ['Writes refused since', status.writesRefusedSince],
    ['Source', outage(source)],
    ['Target', outage(target)],
    ['Attempts', status.attempts > 0 ? `${status.attempts}, since asked ${status.attemptsSinceAsked}` : null],
    ['Switched', status.switchedAt],
    ['Writes blocked', status.switchedAt === null ? null : `${status.blockedMs} ms`],
    ['Reversed up to', reverse.lastPosition],
    ['Completing since', completion?.at ?? null],
    ['Given up', loss === null ? null : `the target, at ${loss.at}: ${loss.reason}`],
    ['Left out', listed(status.skipped)],
    ['Stays behind', listed(status.residuals)],
    ['Kept', listed(status.retained.map(({ cluster, database, table }) => `${cluster} ${database}.${table}`))],
  ];
}

/** All tables move together. */
function trafficOf(traffic: readonly TableTraffic[]): string | null {
  const [first] = traffic;
  if (first === undefined) return null;
  const names = traffic.slice(0, tablesShownMax).map(({ table }) => table);
  const more = traffic.length > names.length ? ` and ${traffic.length - names.length} more` : '';
  return `reads to the ${first.reads}, writes to the ${first.writes}: ${names.join(', ')}${more}`;
}
