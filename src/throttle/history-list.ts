import { throttleHistoryMax } from '../limits/throttle.js';
import { atMost } from './at-most.js';

export const historyListLengthMax = atMost({
  description: 'length of the history list of InnoDB on the source: undo that waits to be purged',
  example: 1_000_000,
  range: [1, throttleHistoryMax],
  words: (figure) => `the history list of the source has ${figure} entries`,
  read: (sights) => sights.innodbMetric('trx_rseg_history_len'),
});
