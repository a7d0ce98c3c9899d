/** A command of a person, as the lifecycle knows it. */
/** What `setCutOver` changes; what is absent stays. */
export interface CutOverChange {
  readonly lockTimeoutMs?: number | undefined;
  readonly maxAttempts?: number | undefined;
  readonly backoffMs?: readonly number[] | undefined;
}

export type CommandName =
  | 'launch'
  | 'postpone'
  | 'resume'
  | 'pause'
  | 'unpause'
  | 'setCutOver'
  | 'retry'
  | 'cancel'
  | 'verify'
  | 'setThrottle'
  | 'forceCutOver';

/** A command that was understood. Its `id` is the caller's, to find the answer by. */
export interface Command {
  readonly id: number;
  readonly name: CommandName;
  readonly via: 'update' | 'signal';
  readonly by: string | null;
  readonly reason: string | null;
  /** Only of `setCutOver`. */
  readonly change: CutOverChange;
  /** Fields that the design has and that are not built: the command is refused by their names. */
  readonly notBuilt: readonly string[];
}
