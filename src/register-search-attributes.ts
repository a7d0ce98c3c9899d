/** `npm run worker -- --register-search-attributes`: makes the lists of a namespace ready for Switchyard (docs/lists.md). */
import { Connection } from '@temporalio/client';
import { registerSearchAttributes } from './notify/search-attributes.js';
import { temporalSettings, type Environment } from './temporal/settings.js';

/** Returns what to say. @throws TEMPORAL_SETTINGS_NOT_VALID, SEARCH_ATTRIBUTES_REFUSED, what prevents a connection. */
export async function registerInNamespace(env: Environment): Promise<string> {
  const { connection: options, namespace } = temporalSettings(env);
  const connection = await Connection.connect(options);
  try {
    const { added, known } = await registerSearchAttributes(connection.operatorService, namespace);
    const words = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
    return `search attributes of the namespace ${namespace}: added ${words(added)}; there before: ${words(known)}`;
  } finally {
    await connection.close();
  }
}
