/** Whether the shadow is defined as the plan made it: asked just before the swap (P5, P6). */
import { definitionFingerprintText } from '../../schema/create-statement.js';
import type { TableName } from '../../schema/table-model.js';
import { shadowChanged } from '../follow/guard.js';
import { showCreateTable } from '../introspect/load-table.js';
import type { Session } from '../session/session.js';
import type { MigrationPlan } from './plan.js';

const indexLine = /^\s*(?:UNIQUE |FULLTEXT |SPATIAL )?KEY `((?:[^`]|``)+)`/;

/** The definition of the shadow as it is made; `session` reads all definitions in the same settings. */
export async function shadowFingerprint(session: Session, shadow: TableName): Promise<string> {
  return linesOf(await showCreateTable(session, shadow)).join('\n');
}

/** Without the commas: a line is the last one or not by what comes behind it. */
function linesOf(definition: string): readonly string[] {
  return definitionFingerprintText(definition)
    .split('\n')
    .map((line) => line.replace(/,$/, ''));
}

/**
 * The columns, options and indexes must be those that were planned; an index that was built later is known by its name.
 * @throws SHADOW_CHANGED.
 */
export async function checkShadowDefinition(session: Session, plan: MigrationPlan): Promise<void> {
  const { shadow, deferredIndexes, shadowFingerprint: planned } = plan;
  if (planned === undefined) return;
  const name = `${shadow.database}.${shadow.table}`;
  const later = new Set(deferredIndexes.map((index) => index.name.toLowerCase()));
  const kept = linesOf(await showCreateTable(session, shadow)).filter((line) => {
    const index = indexLine.exec(line)?.[1]?.replaceAll('``', '`').toLowerCase();
    return index === undefined || !later.delete(index);
  });
  if (kept.join('\n') !== planned) throw shadowChanged(name, 'its definition is another one');
  const [missing] = later;
  if (missing !== undefined) throw shadowChanged(name, `index ${missing} is gone`);
  const triggers = await session.rows<{ name: string }>(
    `SELECT trigger_name AS name FROM information_schema.triggers
      WHERE event_object_schema = ? AND event_object_table = ?`,
    [shadow.database, shadow.table],
  );
  if (triggers.length > 0) throw shadowChanged(name, `it has triggers (${triggers.map((one) => one.name).join(', ')})`);
}
