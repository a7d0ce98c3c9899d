/**
 * Part of a service: a change that somebody has approved is brought as far as its cut-over, and let go when the service is
 * told so. Each function may be called again with the same change: it goes on where the last call has ended.
 */
import { SwitchyardError, type SwitchyardClient } from 'switchyard/client';

export interface Change {
  readonly ticket: string;
  readonly cluster: string;
  readonly database: string;
  readonly statement: string;
}

/** What the people who have asked for it are told. */
export type Told =
  | { readonly state: 'waits'; readonly workflowId: string }
  | { readonly state: 'stopped'; readonly workflowId: string; readonly nextStep: string }
  | { readonly state: 'refused'; readonly why: string };

/** Starts the change where it does not run yet, and returns when it waits for `letGo`, or for a person. */
export async function prepare(switchyard: SwitchyardClient, change: Change): Promise<Told> {
  const { ticket, cluster, database, statement } = change;
  const input = { cluster, database, statement, options: { postponeCompletion: true, context: ticket } };
  try {
    const migration = await switchyard.onlineDdl(input, { summary: ticket, onConflict: 'useExisting' });
    const { workflowId } = migration;
    const { phase, nextStep } = await migration.waitFor(['postponed', 'needsOperator', 'failed'], { everyMs: 500 });
    // It throws what the migration has failed with.
    if (phase === 'failed') await migration.result();
    return phase === 'postponed' ? { state: 'waits', workflowId } : { state: 'stopped', workflowId, nextStep };
  } catch (error) {
    // What may pass by itself is the caller's to try again.
    if (!(error instanceof SwitchyardError) || error.kind === 'retryable') throw error;
    return { state: 'refused', why: `${error.code}: ${error.message} ${error.remedy}` };
  }
}

/** Lets it complete, and returns the name under which the old table is kept; null where it was cancelled meanwhile. */
export async function letGo(switchyard: SwitchyardClient, workflowId: string, by: string): Promise<string | null> {
  const migration = switchyard.migration(workflowId);
  const answer = await migration.resume({ by });
  if (answer.outcome === 'refused') throw new Error(`${answer.code}: ${answer.message}`);
  return (await migration.result()).retainedTable;
}
