/** The commands of a move, as the lifecycle knows them. */
import { operationCommandNames, type OperationCommand } from '../operation/command.js';

export const moveCommandNames = [
  ...operationCommandNames,
  'switchTraffic',
  'reverseTraffic',
  'complete',
  'forceComplete',
] as const;
export type MoveCommandName = (typeof moveCommandNames)[number];

/** The parts of a forced completion, in the order in which they are done. */
export const components = ['streams', 'fences', 'routing', 'sidecar'] as const;
export type Component = (typeof components)[number];

/** What a command says beyond its name; each command knows some of these, and what is absent means its default. */
export interface CommandOptions {
  /** Of `switchTraffic`; both where neither is given. */
  readonly reads?: boolean | undefined;
  readonly writes?: boolean | undefined;
  readonly ignoreWindow?: boolean | undefined;
  /** A side is given up with what only it has: of `reverseTraffic` the target, of `forceComplete` the source. */
  readonly acceptLoss?: boolean | undefined;
  /** Of `cancel`: a server is gone; nothing is done there. Of `complete`: the router is gone. */
  readonly force?: boolean | undefined;
  /** Of `forceComplete`. */
  readonly components?: readonly Component[] | undefined;
  readonly overrideReachableSource?: boolean | undefined;
}

/** A command that was understood. */
export interface MoveCommand extends OperationCommand<MoveCommandName> {
  readonly options: CommandOptions;
}
