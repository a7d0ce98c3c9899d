/** Whether the shadow is defined as the plan made it: asked just before the swap (P5, P6). */
import {
  definitionFingerprintText,
  splitCreateStatement,
  type CreateStatement,
} from '../../schema/create-statement.js';
import { foldName } from '../../schema/identifier.js';
import type { TableName } from '../../schema/table-model.js';
import { shadowChanged } from '../table/follow/guard.js';
import { showCreateTable, triggerNames } from '../server/introspect/load-table.js';
import type { Session } from '../server/session/session.js';
import type { MigrationPlan } from './migration-plan.js';

/** The definition of the shadow as it is made; `session` reads all definitions in the same settings. */
export async function shadowFingerprint(session: Session, shadow: TableName): Promise<string> {
  return joined(splitCreateStatement(definitionFingerprintText(await showCreateTable(session, shadow))));
}

function joined({
  elements,
  options,
  partitioning,
}: Pick<CreateStatement, 'elements' | 'options' | 'partitioning'>): string {
  return [...elements.map(({ text }) => text), options, partitioning].join('\n');
}

/**
 * The columns, options and indexes must be those that were planned; an index that was built later is known by its name.
 * @throws SHADOW_CHANGED.
 */
export async function checkShadowDefinition(session: Session, plan: MigrationPlan): Promise<void> {
  const { copy: shadow, deferredIndexes, shadowFingerprint: planned } = plan;
  const name = `${shadow.database}.${shadow.table}`;
  const later = new Set(deferredIndexes.map((index) => foldName(index.name)));
  const now = splitCreateStatement(definitionFingerprintText(await showCreateTable(session, shadow)));
  const elements = now.elements.filter(({ kind, name: index }) => kind !== 'index' || !later.delete(foldName(index)));
  if (joined({ ...now, elements }) !== planned) throw shadowChanged(name, 'its definition is another one');
  const [missing] = later;
  if (missing !== undefined) throw shadowChanged(name, `index ${missing} is gone`);
  const triggers = await triggerNames(session, shadow);
  if (triggers.length > 0) throw shadowChanged(name, `it has triggers (${triggers.join(', ')})`);
}
