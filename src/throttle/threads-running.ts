import { throttleThreadsMax } from '../limits/throttle.js';
import { atMost } from './at-most.js';

export const threadsRunningMax = atMost({
  description: '`Threads_running` of the source, our own threads among them',
  example: 40,
  range: [1, throttleThreadsMax],
  words: (figure) => `${figure} threads run on the source`,
  read: (sights) => sights.status('Threads_running'),
});
