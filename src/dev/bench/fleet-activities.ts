/** A data plane without a database: each activity says at once that all went well, and following lasts until it is stopped. */
import type { PreparedMigration, SwitchyardActivities } from '../../contract/migration/activities.js';
import type { OnlineDdlInput } from '../../contract/migration/input.js';
import { workDone, type Copied } from '../../domain/progress.js';

const copied: Copied = { rowsCopied: 1_000, verified: true, notCompared: [] };

/** @param untilStopped heartbeats as an activity that follows does, until its workflow asks it to stop. */
export function createFleetActivities(untilStopped: (grant: number) => Promise<void>): SwitchyardActivities {
  return {
    prepareMigration: ({ input }) => Promise.resolve(preparedFrom(input as OnlineDdlInput)),
    synchronise: async ({ goal, grant }) => {
      const done = workDone({ ...copied, writeLatency: [] });
      if (goal !== 'follow') return { outcome: 'reached', ...done };
      await untilStopped(grant);
      return { outcome: 'stopped', ...done };
    },
    watchPaused: async ({ grant }) => {
      await untilStopped(grant);
      return { outcome: 'stopped' };
    },
    attemptCutOver: () => Promise.resolve({ outcome: 'swapped', completedAt: new Date().toISOString(), blockedMs: 12 }),
    resolveCutOver: () => Promise.resolve({ outcome: 'notSwapped' }),
    finishMigration: () => Promise.resolve(copied),
    cleanUpMigration: () => Promise.resolve({ leftBehind: [] }),
    recordAudit: () => Promise.resolve(),
    lookAtWindows: ({ atMs }) => Promise.resolve({ open: true, untilMs: atMs + 86_400_000 }),
    dropRetainedTable: () => Promise.resolve({ outcome: 'dropped' }),
    dropRetainedTables: ({ retainedTables }) => Promise.resolve({ dropped: retainedTables.length, alreadyGone: 0 }),
    lookOutside: () => Promise.resolve({ searchAttributes: [] }),
    sendNotice: () => Promise.resolve(),
  };
}

function preparedFrom({ cluster, database, statement, options }: OnlineDdlInput): PreparedMigration {
  const table = /^ALTER TABLE (\w+)/.exec(statement)?.[1] ?? 'unknown';
  return {
    ...{ operationId: `fleet-${table}`, cluster, database, table, retainedTable: `_sw_${table}_old` },
    postponeLaunch: false,
    postponeCompletion: options?.postponeCompletion ?? false,
    verify: true,
    retainForMs: 86_400_000,
    cutOver: { lockTimeoutMs: 1_000, maxAttempts: 10, backoffMs: [0, 10_000] },
    throttle: {},
    warnings: [],
  };
}
