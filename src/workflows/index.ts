/** Every workflow type that a worker offers, under its name on the wire. */
export { onlineDdl } from './online-ddl.js';
export { tableCleanup } from './table-cleanup.js';
