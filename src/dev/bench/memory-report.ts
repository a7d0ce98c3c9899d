/** What `npm run bench -- memory` prints. */
import { megabytes } from './figures.js';
import type { ProcessUsage } from './process-usage.js';

/** What a worker held. */
export interface MemorySample {
  readonly name: string;
  /** Undefined where the system does not tell. */
  readonly usage: ProcessUsage | undefined;
}

export interface MeasuredMemory {
  readonly operations: number;
  readonly samples: readonly MemorySample[];
}

export function describeMemory({ operations, samples }: MeasuredMemory): string {
  const line = ({ name, usage }: MemorySample): string => {
    if (usage === undefined) return `  ${name.padEnd(18)}not known on this system`;
    const { memoryBytes, peakMemoryBytes, cpuSeconds } = usage;
    const peak = megabytes(peakMemoryBytes);
    return `  ${name.padEnd(18)}${megabytes(memoryBytes)}, ${peak} at most until then, CPU ${cpuSeconds.toFixed(1)} s`;
  };
  return [`One worker, ${operations} migrations one after the other`, ...samples.map(line), ''].join('\n');
}
