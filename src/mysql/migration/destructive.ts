/** The guard against statements that take something away (the option allowDestructive). */
import type { Loss } from '../../domain/loss.js';
import { SwitchyardError } from '../../errors/switchyard-error.js';
import { lossesNamedMax } from '../../limits/mysql-migration.js';
import type { TableName } from '../../schema/table-model.js';

/** @throws DESTRUCTIVE_CHANGE where there is any, naming the worst of them. */
export function refuseLosses({ database, table }: TableName, losses: readonly Loss[]): void {
  if (losses.length === 0) return;
  const isDestroyed = ({ effect }: Loss): boolean => effect === 'destroys';
  const worstFirst = [...losses.filter(isDestroyed), ...losses.filter((loss) => !isDestroyed(loss))];
  const named = worstFirst.slice(0, lossesNamedMax).map(({ sentence }) => sentence.replace(/\.$/, ''));
  const more = losses.length - named.length;
  const all = more > 0 ? [...named, `and ${more} more`] : named;
  throw new SwitchyardError('DESTRUCTIVE_CHANGE', { table: `${database}.${table}`, losses: all.join('; ') });
}
