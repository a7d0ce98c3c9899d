/** Waits until what answers is not what was known. */
import type { Sight } from '../../domain/servers.js';
import { setTimeout as sleep } from 'node:timers/promises';
import { watchIntervalMs } from '../../limits/mysql-move.js';
import type { MoveClusters } from './move-stream.js';
import { probeServers } from './probe-servers.js';

export interface ProbeUntilChangedOptions extends MoveClusters {
  /** What is known: which of them answer. */
  readonly answering: readonly ('source' | 'target')[];
  readonly signal: AbortSignal;
}

/** @throws the signal's reason. */
export async function probeUntilChanged({ answering, signal, ...clusters }: ProbeUntilChangedOptions): Promise<Sight> {
  for (;;) {
    signal.throwIfAborted();
    // One that is silent may only be slow: what is told is what holds when it is asked again.
    if (isNews(await probeServers({ ...clusters, sides, thorough: false }), answering)) {
      const seen = await probeServers({ ...clusters, sides, thorough: true });
      if (isNews(seen, answering)) return seen;
    }
    await sleep(watchIntervalMs, undefined, { signal }).catch(() => undefined);
  }
}

const sides = ['source', 'target'] as const;

function isNews(seen: Sight, answering: ProbeUntilChangedOptions['answering']): boolean {
  return sides.some((side) => (seen[side] === null) !== answering.includes(side));
}
