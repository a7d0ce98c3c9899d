/** `npm run worker -- --register-search-attributes`: makes the lists of a namespace ready for Switchyard (docs/lists.md). */
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { registerSearchAttributes } from './notify/search-attributes.js';

/** Returns what to say. @throws SEARCH_ATTRIBUTES_REFUSED, what prevents a connection. */
export async function registerInNamespace(): Promise<string> {
  const { connectionOptions, namespace = 'default' } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions);
  try {
    const { added, known } = await registerSearchAttributes(connection.operatorService, namespace);
    const words = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
    return `search attributes of the namespace ${namespace}: added ${words(added)}; there before: ${words(known)}`;
  } finally {
    await connection.close();
  }
}
