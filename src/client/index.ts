/** `switchyard/client`: for programs that start, follow and command operations. Loads no worker and no driver. */
export { SwitchyardClient, type ClientSettings, type StartOptions } from './switchyard-client.js';
export type {
  MigrationCommandInput,
  MigrationHandle,
  MoveCommandInput,
  MoveHandle,
  TableCleanupHandle,
} from './operations.js';
export type { CommandOptions } from './handle.js';
export type { FollowOptions, WaitOptions } from './follow.js';
export type { ListConditions } from './list.js';
export type { OperationSummary } from './summary.js';
export { SwitchyardError, hasCode, type ErrorCode } from '../errors/switchyard-error.js';
export type { ProgressHeartbeat } from '../domain/progress.js';
