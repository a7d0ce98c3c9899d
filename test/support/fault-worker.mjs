// A worker like any other, but for one thing: at a chosen statement it reports, and then waits for ever (or for a file
// to appear), so that a test can kill, freeze or replace it exactly there. Arguments: --config FILE; the fault comes by
// the environment: FAULT_STATEMENT (a regular expression), FAULT_WHEN (before | after), FAULT_COUNT (the nth match),
// FAULT_CLUSTER (the only one whose statements count; all where it is absent), FAULT_SINCE (only what a connection sends
// after a statement that matches this; everything where it is absent), FAULT_ARM (only what is sent
// once this file is there; everything where it is absent), FAULT_REPORT (the file that is written when it is there),
// FAULT_GO_ON (the file that ends the wait).
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '../../dist/config/config.js';
import { runWorker } from '../../dist/run-worker.js';

const { FAULT_STATEMENT, FAULT_WHEN, FAULT_COUNT, FAULT_CLUSTER, FAULT_SINCE } = process.env;
const { FAULT_ARM, FAULT_REPORT, FAULT_GO_ON } = process.env;
const statement = new RegExp(FAULT_STATEMENT, 'is');
const since = FAULT_SINCE === undefined ? undefined : new RegExp(FAULT_SINCE, 'is');
let left = Number(FAULT_COUNT ?? 1);

/** Connections that have sent the statement from which on others count, by cluster and the server's id. */
const begun = new Set();

async function check(when, sql, cluster, sessionId) {
  if (FAULT_CLUSTER !== undefined && cluster !== FAULT_CLUSTER) return;
  const connection = `${cluster} ${sessionId}`;
  if (when === 'after' && since?.test(sql)) begun.add(connection);
  if (when !== FAULT_WHEN || !statement.test(sql) || (since !== undefined && !begun.has(connection))) return;
  if (FAULT_ARM !== undefined && !existsSync(FAULT_ARM)) return;
  left -= 1;
  if (left !== 0) return;
  writeFileSync(FAULT_REPORT, JSON.stringify({ sessionId, sql: sql.slice(0, 200) }));
  while (!existsSync(FAULT_GO_ON)) await sleep(20);
}

function observer(cluster) {
  return {
    before: (sql, sessionId) => check('before', sql, cluster, sessionId),
    after: (sql, sessionId) => check('after', sql, cluster, sessionId),
  };
}

const config = loadConfig(process.argv[process.argv.indexOf('--config') + 1], process.env);
const { clusters, router } = config;
const observed = new Map([...clusters].map(([name, cluster]) => [name, { ...cluster, observer: observer(name) }]));
const observedRouter = router?.driver === 'table' ? { ...router, cluster: observed.get(router.cluster.name) } : router;
await runWorker({ ...config, clusters: observed, router: observedRouter });
