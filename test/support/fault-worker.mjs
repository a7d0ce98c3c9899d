// A worker like any other, but for one thing: at a chosen statement it reports, and then waits for ever (or for a file
// to appear), so that a test can kill, freeze or replace it exactly there. Arguments: --config FILE; the fault comes by
// the environment: FAULT_STATEMENT (a regular expression), FAULT_WHEN (before | after), FAULT_COUNT (the nth match),
// FAULT_REPORT (the file that is written when it is there), FAULT_GO_ON (the file that ends the wait).
import { existsSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { loadConfig } from '../../dist/config/config.js';
import { createWorker } from '../../dist/create-worker.js';

const { FAULT_STATEMENT, FAULT_WHEN, FAULT_COUNT, FAULT_REPORT, FAULT_GO_ON } = process.env;
const statement = new RegExp(FAULT_STATEMENT, 'is');
let left = Number(FAULT_COUNT ?? 1);

async function check(when, sql, sessionId) {
  if (when !== FAULT_WHEN || !statement.test(sql)) return;
  left -= 1;
  if (left !== 0) return;
  writeFileSync(FAULT_REPORT, JSON.stringify({ sessionId, sql: sql.slice(0, 200) }));
  while (!existsSync(FAULT_GO_ON)) await sleep(20);
}

const observer = {
  before: (sql, sessionId) => check('before', sql, sessionId),
  after: (sql, sessionId) => check('after', sql, sessionId),
};

Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: ['SIGINT', 'SIGTERM'] });
const { clusters, taskQueue } = loadConfig(process.argv[process.argv.indexOf('--config') + 1], process.env);
const observed = new Map([...clusters].map(([name, cluster]) => [name, { ...cluster, observer }]));
const worker = await createWorker({ clusters: observed, taskQueue });
process.stderr.write('worker ready\n');
await worker.run();
