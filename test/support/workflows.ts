/** What test workers offer: all that today's worker does, and `moveTables`, whose activities are not built yet. */
export * from '../../src/workflows/index.js';
export { unknownWorkflowType as default } from '../../src/workflows/unknown-type.js';
export { moveTables } from '../../src/workflows/move-tables.js';
// Of the examples: a workflow of somebody else's, which is hosted beside ours here.
export { rollOut } from '../../examples/typescript/parent-workflow.js';
