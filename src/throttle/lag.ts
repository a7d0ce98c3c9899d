import { throttleLagMsMax } from '../limits/throttle.js';
import { atMost } from './at-most.js';

export const lagMsMax = atMost({
  description: 'milliseconds between the commit of a change and its arrival in the copy',
  example: 2_000,
  range: [1, throttleLagMsMax],
  words: (figure) => `the copy is ${figure} ms behind`,
  read: (sights) => Math.round(sights.lagMs()),
});
