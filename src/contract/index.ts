/**
 * `switchyard/contract`: what operations take, show and answer, as types and as zod schemas (dist/schemas has the same as
 * JSON Schema, for other languages). JSON, versioned, additive.
 */
export * from './names.js';
export * from './migration/input.js';
export type { OnlineDdlPlan, OnlineDdlStatus } from './migration/status.js';
export {
  onlineDdlCommandDescriptions,
  onlineDdlCommandNames,
  onlineDdlCommandSchemas,
  type OnlineDdlCommandName,
} from './migration/commands.js';
export * from './move/input.js';
export type {
  MoveTablesDoctor,
  MoveTablesLook,
  MoveTablesPlan,
  MoveTablesStatus,
  TableTraffic,
} from './move/status.js';
export { moveCommandDescriptions, moveCommandSchemas, type MoveCommandName } from './move/commands.js';
export type { OperationStatus, LastAttemptStatus, RetryingStatus, WindowStatus } from './operation/status.js';
export type { CommandAnswer, LastCommand } from './operation/commands.js';
export { searchAttributeNames, searchAttributeTypes, type SearchAttributeName } from './operation/search-attributes.js';
export { noticeSchema, type Notice } from './operation/notices.js';
export { planDdlInputSchema, type PlanDdlInput } from './plan-ddl.js';
export * from './reconcile.js';
export {
  tableCleanupCommandDescriptions,
  tableCleanupCommandSchemas,
  type TableCleanupCommandName,
  type TableCleanupResult,
  type TableCleanupStatus,
} from './retained-table.js';
export type { DdlPlan, StatementPlan } from '../domain/statement-plan.js';
export type { OperationKind, Residual } from '../domain/residual.js';
export { catalogue as errorCatalogue, type ErrorCode } from '../errors/switchyard-error.js';
