/**
 * The lanes of an operation, with one activity at a time in each: stops what should not run, waits for its end, and starts
 * what should. A migration has `main`, where everything is that touches data; a move has `route` and `probe` beside it.
 */
import { CancellationScope } from '@temporalio/workflow';

/** What there is to know of the lanes of a kind. */
export interface LaneRules<Name extends string, Activity, Happening> {
  /** In the order in which they are looked at: what starts in one may change what is wanted in the next. */
  readonly names: readonly Name[];
  running(name: Name): Activity | null;
  /** What should run now; null for nothing. */
  wanted(name: Name): Activity | null;
  isSame(one: Activity, other: Activity): boolean;
  /** Whether it may be cancelled; what may not is waited for. */
  isStoppable(activity: Activity): boolean;
  happened(happening: Happening | { readonly kind: 'started'; readonly activity: Activity }): void;
  /** Runs it; rejects where it has no result. */
  perform(activity: Activity): Promise<Happening>;
  /** The event for a rejection; what this throws fails the workflow task. */
  withoutResult(error: unknown, name: Name): Happening;
}

export class Lanes<Name extends string, Activity, Happening> {
  private readonly scopes = new Map<Name, CancellationScope>();

  constructor(private readonly rules: LaneRules<Name, Activity, Happening>) {}

  /** Whether nothing runs in any of them. */
  get isIdle(): boolean {
    return this.rules.names.every((name) => this.rules.running(name) === null);
  }

  /** Brings every lane to what is wanted. */
  reconcile(): void {
    const { rules } = this;
    for (const name of rules.names) {
      const wanted = rules.wanted(name);
      const running = rules.running(name);
      if (running === null) {
        if (wanted !== null) this.start(name, wanted);
      } else if (wanted === null || !rules.isSame(running, wanted)) {
        this.stop(name, running);
      }
    }
  }

  /** Asks everything to stop that can be stopped. */
  stopAll(): void {
    for (const name of this.rules.names) {
      const running = this.rules.running(name);
      if (running !== null) this.stop(name, running);
    }
  }

  private start(name: Name, activity: Activity): void {
    const { rules } = this;
    rules.happened({ kind: 'started', activity });
    const scope = new CancellationScope();
    this.scopes.set(name, scope);
    const end = scope.run(() => rules.perform(activity)).catch((error: unknown) => rules.withoutResult(error, name));
    void end.then((happening) => {
      this.scopes.delete(name);
      rules.happened(happening);
    });
  }

  /** Asks it to stop at a safe point; asking twice changes nothing. */
  private stop(name: Name, running: Activity): void {
    if (this.rules.isStoppable(running)) this.scopes.get(name)?.cancel();
  }
}
