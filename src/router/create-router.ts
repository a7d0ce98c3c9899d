import type { ClusterSettings } from '../mysql/server/session/cluster-settings.js';
import type { Router } from './port.js';
import { createActivityRouter, type ActivityRouterSettings, type CallActivity } from './activity-driver.js';
import { createTableRouter } from './table-driver.js';
import { createWebhookRouter, type WebhookSettings } from './webhook-driver.js';

/** Which router, structurally as the configuration normalises it. */
export type RouterSettings =
  | { readonly driver: 'table'; readonly cluster: ClusterSettings }
  | ({ readonly driver: 'webhook' } & WebhookSettings)
  | ({ readonly driver: 'activity' } & ActivityRouterSettings);

/** The router that the configuration names. @param callActivity where it is an activity of the user's own. */
export function createRouter(settings: RouterSettings, callActivity: CallActivity): Router {
  switch (settings.driver) {
    case 'table':
      return createTableRouter(settings.cluster);
    case 'webhook':
      return createWebhookRouter(settings);
    case 'activity':
      return createActivityRouter(settings, callActivity);
  }
}
