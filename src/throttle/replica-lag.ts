import { z } from 'zod';
import { throttleLagMsMax, throttleReplicaLagMsMin } from '../limits/throttle.js';
import { shown } from './at-most.js';
import type { ThrottleSource } from './source.js';

/** Whoever reads from a replica reads what is old: the work writes no faster than replicas can follow. */
export const replicaLagMsMax: ThrottleSource<number> = {
  schema: z.number().int().min(throttleReplicaLagMsMin).max(throttleLagMsMax),
  description: 'milliseconds by which a replica may be behind, of those that the configuration names',
  example: 5_000,
  watch: (limit, sights) => ({
    look: async () => {
      const late = (await sights.replicas()).filter(({ lagMs }) => lagMs > limit);
      if (late.length === 0) return null;
      const words = late.map(({ replica, lagMs }) => `replica ${replica} is ${shown(lagMs)} ms behind`);
      return { why: `${words.join(' and ')}, at most ${shown(limit)}` };
    },
  }),
};
