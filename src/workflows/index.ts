/** Every workflow type that a worker offers, under its name on the wire. */
export { moveTables } from './move-tables.js';
export { onlineDdl } from './online-ddl.js';
export { planDdl } from './plan-ddl.js';
export { reconcile } from './reconcile.js';
export { tableCleanup } from './table-cleanup.js';
export { tellRouter } from './tell-router.js';
// The SDK runs a default export for every type that has no other: the house's only one. Without it a mistyped type would
// fail its workflow task again and again, and look as if it ran.
export { unknownWorkflowType as default } from './unknown-type.js';
