/**
 * The lanes of an operation, with one activity at a time in each: stops what should not run, waits for its end, and starts
 * what should. A migration has `main`, where everything is that touches data; a move has `route` and `probe` beside it.
 *
 * What follows hears of a request to stop with its next heartbeat, which is seldom, and nobody waits for that: it is left,
 * and whoever comes next takes the operation over by its token, which ends what was left as fenced.
 */
import { CancellationScope, CancelledFailure, patched } from '@temporalio/workflow';
import type { WorkKind } from '../../domain/work-kinds.js';

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
  /** Called when work of this kind has begun, which may have to wait for a worker; never rejects. */
  waitsForWorker(kind: WorkKind): Promise<void>;
  /** Of which kind of work it is. */
  kindOf(activity: Activity): WorkKind;
  /** Whether what is left may go on until the next has begun: that takes over before it does anything. */
  goesOnUntil(left: Activity, next: Activity): boolean;
  happened(happening: Happening | { readonly kind: 'started'; readonly activity: Activity }): void;
  /** Runs it; rejects where it has no result. */
  perform(activity: Activity): Promise<Happening>;
  /** The event for a rejection; what this throws fails the workflow task. */
  withoutResult(error: unknown, name: Name): Happening;
}

interface Run {
  readonly scope: CancellationScope;
  /** Earlier versions waited for the end of all. */
  readonly mayBeLeft: boolean;
}

export class Lanes<Name extends string, Activity, Happening> {
  private readonly runs = new Map<Name, Run>();
  /** What was left and follows on until its lane has somebody else. */
  private readonly left = new Map<Run, Name>();

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
      if (running !== null && (wanted === null || !rules.isSame(running, wanted))) this.stop(name, running, wanted);
      if (wanted !== null && rules.running(name) === null) this.start(name, rules.wanted(name));
    }
  }

  /** Asks everything to stop that can be stopped. */
  stopAll(): void {
    for (const name of this.rules.names) {
      const running = this.rules.running(name);
      if (running !== null) this.stop(name, running, null);
    }
  }

  private start(name: Name, activity: Activity | null): void {
    if (activity === null) return;
    const { rules } = this;
    rules.happened({ kind: 'started', activity });
    const kind = rules.kindOf(activity);
    const lasts = kind !== 'control' && patched('apart-by-kind-of-work');
    const run = { scope: new CancellationScope(), mayBeLeft: kind === 'follow' && lasts };
    this.runs.set(name, run);
    if (lasts) void rules.waitsForWorker(kind);
    const end = run.scope
      .run(() => rules.perform(activity))
      .catch((error: unknown) => rules.withoutResult(error, name));
    void end.then((happening) => {
      this.left.delete(run);
      if (this.runs.get(name) !== run) return;
      this.runs.delete(name);
      // Whoever has begun has taken over; where nobody has, something else is wanted now.
      this.cancelLeft(name);
      rules.happened(happening);
    });
  }

  /** Asks it to stop at a safe point; asking twice changes nothing. @param next what is wanted instead. */
  private stop(name: Name, running: Activity, next: Activity | null): void {
    const { rules } = this;
    const run = this.runs.get(name);
    if (run === undefined || !rules.isStoppable(running)) return;
    if (run.mayBeLeft) {
      this.runs.delete(name);
      this.left.set(run, name);
      if (next === null || !rules.goesOnUntil(running, next)) this.cancelLeft(name);
      rules.happened(rules.withoutResult(new CancelledFailure('nobody waits for its end'), name));
    } else {
      run.scope.cancel();
    }
  }

  private cancelLeft(name: Name): void {
    for (const [run, lane] of this.left) {
      if (lane !== name) continue;
      this.left.delete(run);
      run.scope.cancel();
    }
  }
}
