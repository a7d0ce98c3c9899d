/** What a process has used, as Linux counts it. */
import { readFile } from 'node:fs/promises';

export interface ProcessUsage {
  /** User and system time since its start. */
  readonly cpuSeconds: number;
  /** The resident set now, and the largest that it ever had. */
  readonly memoryBytes: number;
  readonly peakMemoryBytes: number;
}

/** Ticks per second of /proc/<pid>/stat: 100 on every Linux of today. */
const ticksPerSecond = 100;

/** @returns undefined where there is no /proc, or no such process. */
export async function readProcessUsage(pid: number): Promise<ProcessUsage | undefined> {
  try {
    const [stat, status] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile(`/proc/${pid}/status`, 'utf8'),
    ]);
    // The name in parentheses may contain anything; the fields after it are numbers, the 12th and 13th are the times.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const bytes = (name: string): number =>
      Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1_024;
    return {
      cpuSeconds: (Number(fields[11]) + Number(fields[12])) / ticksPerSecond,
      memoryBytes: bytes('VmRSS'),
      peakMemoryBytes: bytes('VmHWM'),
    };
  } catch {
    return undefined;
  }
}
