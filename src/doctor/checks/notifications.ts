/** Who is told of operations that need somebody. Nobody is called: a notice that means nothing would wake people. */
import { ok, type Check } from '../check.js';
import { lookAtQueue } from './router.js';

export const checkNotifications: Check<'configuration'> = {
  scope: 'configuration',
  name: 'notifications',
  ask: async (context) => {
    const { notify } = context.config;
    if (notify === undefined) return [ok('The configuration names nobody who is told of operations.')];
    if (notify.driver === 'activity') return [await lookAtQueue(context, notify.taskQueue, 'notify')];
    const { origin } = new URL(notify.url);
    return [ok(`The webhook at ${origin} is told of ${notify.events.join(', ')}; it was not called.`)];
  },
};
