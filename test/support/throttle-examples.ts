import { throttleNames, throttleSources, type ThrottleLimits } from '../../src/throttle/limits.js';

/** Every limit that there is. */
export const throttleExamples: ThrottleLimits = Object.fromEntries(
  throttleNames.map((name) => [name, throttleSources[name].example]),
);
