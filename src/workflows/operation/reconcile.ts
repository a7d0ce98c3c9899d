/** The reconciliation loop of an operation, whatever its kind: compares what should be going on with what is. */
import type { Waking } from './operation.js';

/** The operation, as far as the loop needs it. */
interface Looped {
  readonly revision: number;
  /** When to go on although nothing has happened, as things are; null where only events count. */
  readonly waking: Waking | null;
  readonly hasEnded: boolean;
  /** Notes what time alone shows. */
  lookAtTime(): void;
  isRenewed(canBeCarried: boolean): boolean;
  readyForNewRun(canBeCarried: () => boolean): Promise<void>;
  staysInThisRun(): void;
  lookOutside(): Promise<void>;
  showInLists(): void;
  /** Null where there is nothing to wait for. */
  nextChange(revision: number, renewing: boolean, waking: Waking | null): Promise<void> | null;
}

interface LoopedLanes {
  readonly isIdle: boolean;
  reconcile(): void;
  stopAll(): void;
}

/** What a kind says of new runs. */
export interface Renewal {
  /** Whether a new run may take over: nothing is under way that has to be seen through by this one. */
  canBeCarried(): boolean;
  continueAsNew(): Promise<never>;
}

/** Does what the lifecycle decides until it decides to end. */
export async function reconcile(operation: Looped, lanes: LoopedLanes, renewal: Renewal): Promise<void> {
  const canBeCarried = (): boolean => renewal.canBeCarried();
  void operation.lookOutside();
  for (;;) {
    operation.lookAtTime();
    const { revision, waking } = operation;
    const renewing = operation.isRenewed(canBeCarried());
    if (!renewing) {
      lanes.reconcile();
      if (lanes.isIdle && operation.hasEnded) {
        operation.showInLists();
        return;
      }
    } else if (!lanes.isIdle) {
      lanes.stopAll();
    } else {
      await operation.readyForNewRun(canBeCarried);
      if (lanes.isIdle && canBeCarried()) await renewal.continueAsNew();
      operation.staysInThisRun();
    }
    const change = operation.nextChange(revision, renewing, waking);
    if (change === null) continue;
    operation.showInLists();
    await change;
  }
}
