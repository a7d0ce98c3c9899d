/** Says what documents have lost that went as text (the option json "text"): accepted, but counted and told (P5). */
import type { Key } from '../../../binlog/key.js';
import { countedChunkRows, jsonPathsShownMax } from '../../../limits/mysql-table.js';
import type { Pace } from '../throttle/time-share.js';
import { displayKey, keyRange } from '../rows/key-sql.js';
import type { TablePlan } from '../rows/table-plan.js';
import type { Session } from '../../server/session/session.js';
import { findJsonBeyondText, jsonColumnsOf, type JsonBeyondText } from './find-json-losses.js';
import { keyAfter, type Side } from './side.js';

/**
 * Looks at all documents of the source, chunk by chunk. @returns one sentence with their number and the first ones by key
 * and path; none where every document is what its text says, or goes exactly.
 */
export async function describeJsonAsText(
  source: Session,
  plan: TablePlan,
  side: Side,
  { throttle, signal }: { readonly throttle: Pace | undefined; readonly signal: AbortSignal },
): Promise<readonly string[]> {
  const columns = jsonColumnsOf(plan.pairs.map((pair) => pair.source));
  if (plan.json !== 'text' || columns.length === 0) return [];
  const { keyColumns } = side;
  let documents = 0;
  const shown: JsonBeyondText[] = [];
  let lower: Key | null = null;
  do {
    await throttle?.pass(signal);
    signal.throwIfAborted();
    const startedAt = performance.now();
    const upper: Key | null = await keyAfter(source, side, { lower, upper: null }, countedChunkRows);
    const left = jsonPathsShownMax - shown.length;
    const found = await findJsonBeyondText(source, side, columns, keyRange(keyColumns, lower, upper), left);
    throttle?.passed(0, performance.now() - startedAt);
    documents += found.documents;
    shown.push(...found.values.slice(0, left));
    lower = upper;
  } while (lower !== null);
  if (documents === 0) return [];
  const list = shown.map(
    ({ column, key, path, type }) => `${column} of ${displayKey(keyColumns, key)} at ${path} (${type})`,
  );
  const [number, have] = documents === 1 ? ['1 JSON document', 'has'] : [`${documents} JSON documents`, 'have'];
  return [`${number} ${have} values that text does not carry, such as ${list.join(', ')}: compared as text`];
}
