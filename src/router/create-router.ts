import type { ClusterSettings } from '../mysql/session/cluster-settings.js';
import type { Router } from './port.js';
import { createTableRouter } from './table-driver.js';
import { createWebhookRouter, type WebhookSettings } from './webhook-driver.js';

/** Which router, structurally as the configuration normalises it. */
export type RouterSettings =
  { readonly driver: 'table'; readonly cluster: ClusterSettings } | ({ readonly driver: 'webhook' } & WebhookSettings);

/** The router that the configuration names. */
export function createRouter(settings: RouterSettings): Router {
  return settings.driver === 'table' ? createTableRouter(settings.cluster) : createWebhookRouter(settings);
}
