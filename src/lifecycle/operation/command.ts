/** The commands that every kind of operation has, with what they say; a kind adds its own. */
import type { LimitsChange } from './limits.js';
import type { ThrottleLimits } from '../../throttle/limits.js';

export const operationCommandNames = [
  'launch',
  'pause',
  'unpause',
  'retry',
  'verify',
  'cancel',
  'setLimits',
  'setThrottle',
] as const;
export type OperationCommandName = (typeof operationCommandNames)[number];

/** A command of a person that was understood, whatever it is for. Its `id` is the caller's, to find the answer by. */
export interface OperationCommand<Name extends string = string> {
  readonly id: number;
  readonly name: Name;
  readonly via: 'update' | 'signal';
  readonly by: string | null;
  readonly reason: string | null;
  /** Answers what it would do, and changes nothing. */
  readonly dryRun: boolean;
  /** Only of `setLimits`. */
  readonly limits: LimitsChange;
  /** Only of `setThrottle`. */
  readonly throttle: ThrottleLimits;
}
