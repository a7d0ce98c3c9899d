/** The activities that belong to no kind of operation. */
import { Context } from '@temporalio/activity';
import type { OperationActivities } from '../../contract/operation/activities.js';
import { dropRetained, dropRetainedTables } from '../../mysql/migration/clean-up.js';
import type { ClusterSettings } from '../../mysql/server/session/cluster-settings.js';
import { recordAudit } from '../../mysql/server/sidecar/audit.js';
import { sendNotice } from '../../notify/send-notice.js';
import type { NotifySettings } from '../../notify/settings.js';
import { activitiesOf, oneCluster } from './activity-table.js';
import { lookAtWindows } from './attempt-windows.js';
import { translated, type FindCluster } from './execution.js';
import type { LookOutside } from './outside.js';

export function createOperationActivities(
  find: FindCluster,
  lookOutside: LookOutside,
  notify: NotifySettings | undefined,
): OperationActivities {
  const onClusters = activitiesOf<
    Omit<OperationActivities, 'lookAtWindows' | 'lookOutside' | 'sendNotice'>,
    'cluster',
    { readonly cluster: string },
    ClusterSettings
  >(
    {
      recordAudit: {
        on: 'cluster',
        stage: null,
        run: (request, cluster) => recordAudit(cluster, request),
      },
      dropRetainedTable: {
        on: 'cluster',
        stage: 'dropping',
        run: async ({ operationId, retainedTable }, cluster) => ({
          outcome: await dropRetained(cluster, operationId, retainedTable),
        }),
      },
      dropRetainedTables: {
        on: 'cluster',
        stage: 'dropping',
        run: ({ operationId, retainedTables }, cluster) => dropRetainedTables(cluster, operationId, retainedTables),
      },
    },
    oneCluster(find),
  );
  return {
    ...onClusters,
    lookOutside,
    sendNotice: (notice) => translated('', () => sendNotice(notify, notice, Context.current().cancellationSignal)),
    lookAtWindows: ({ windows, atMs, attemptMs }) => Promise.resolve(lookAtWindows(windows, atMs, attemptMs)),
  };
}
