/** A router of the operator's own, told by HTTP: a signed POST of all rules of a move (signed-post.ts). */
import { SwitchyardError } from '../errors/switchyard-error.js';
import type { Router } from './port.js';
import { signedPost, targetName } from './signed-post.js';

export interface WebhookSettings {
  readonly url: string;
  readonly secret: string;
  readonly timeoutMs: number;
}

/** Tells the rules to the service at `url`. */
export function createWebhookRouter(settings: WebhookSettings): Router {
  const router = targetName(settings);
  return {
    apply: async ({ operationId, move, version, rules }, signal) => {
      const posted = await signedPost(settings, JSON.stringify({ operationId, move, version, rules }), signal);
      if (posted.outcome === 'done') return 'applied';
      if (posted.outcome === 'notDone') {
        const { problem, cause } = posted;
        throw new SwitchyardError('ROUTER_NOT_TOLD', { router, move, problem }, { cause });
      }
      const { status, answer } = posted;
      if (status === 409) return 'newer';
      throw new SwitchyardError('ROUTER_REFUSES', { router, move, status, answer });
    },
  };
}
