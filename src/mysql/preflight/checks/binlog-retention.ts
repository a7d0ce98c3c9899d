/** Binlogs stay long enough for pauses, restarts and postponed completions: the feed reads on from its position. */
import { SwitchyardError } from '../../../errors/switchyard-error.js';
import { binlogRetentionFactor, binlogRetentionSecondsMin } from '../../../limits/mysql-preflight.js';
import type { Check } from '../check.js';

/** @throws BINLOG_RETENTION_TOO_SHORT below the least; warns where the expected duration leaves no room. */
export const checkBinlogRetention: Check<'server'> = {
  scope: 'server',
  ask: async ({ session, facts, expectedDurationSeconds }) => {
    const retentionSeconds = facts.binlogRetentionSeconds;
    if (retentionSeconds === null) return [];
    if (retentionSeconds < binlogRetentionSecondsMin) {
      throw new SwitchyardError('BINLOG_RETENTION_TOO_SHORT', {
        cluster: session.cluster.name,
        retentionSeconds,
        neededSeconds: binlogRetentionSecondsMin,
      });
    }
    const wantedSeconds = Math.ceil(expectedDurationSeconds * binlogRetentionFactor);
    if (retentionSeconds >= wantedSeconds) return [];
    return [
      `Binlogs are kept for ${retentionSeconds} s, and the change may take about ${Math.ceil(expectedDurationSeconds)} s: ` +
        `when it is paused or interrupted for long, it has to start again. ` +
        `binlog_expire_logs_seconds should be at least ${wantedSeconds}.`,
    ];
  },
};
