/** All sources: the name of each is that of its limit. Whatever else there is of limits follows from this (limits.ts). */
export { pace } from './pace.js';
export { rowsPerSecondMax } from './rows-per-second.js';
export { lagMsMax } from './lag.js';
export { writeLatencyMsMax } from './write-latency.js';
export { replicaLagMsMax } from './replica-lag.js';
export { threadsRunningMax } from './threads-running.js';
export { historyListLengthMax } from './history-list.js';
export { query } from './query.js';
export { httpCheck } from './http-check.js';
