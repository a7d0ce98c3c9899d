import { cacheFolder } from './cache.js';
import type { Environment } from './program.js';
import { silentProgress, type Progress } from './progress.js';

/** What everything here that searches, fetches or starts is given. */
export interface DevContext {
  readonly env: Environment;
  /** The cache folder, absolute. */
  readonly cache: string;
  readonly progress: Progress;
  /** Abort kills what is being started or fetched; the call that waits for it throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** The context of this process. */
export function createContext(progress: Progress = silentProgress, signal?: AbortSignal): DevContext {
  return { env: process.env, cache: cacheFolder(process.env), progress, signal };
}
