/** Who gets to see what works in this process, for the metrics. */
import type { ProgressHeartbeat } from './progress.js';
import type { OperationKind } from './residual.js';

/** One activity that works on tables, while it runs. */
export interface WorkSeen {
  /** What it shows from now on. */
  progress(progress: ProgressHeartbeat): void;
  ended(): void;
}

/** @param cluster where the tables are, or come from. */
export type SeeWork = (work: { readonly kind: OperationKind; readonly cluster: string }) => WorkSeen;
