/** What the errors of Temporal's SDK become, as they were seen (1.24), and what is asked of lists. */
import { WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { expect, it } from 'vitest';
import { listQuery } from '../../src/client/list.js';
import { clientProblem } from '../../src/client/problems.js';
import { tableOf } from '../../src/client/table-of.js';

const asked = {
  ...{ what: 'the query status', workflowId: 'online-ddl/a', withinMs: 10_000 },
  ...{ namespace: 'shop', address: 'temporal.example.com:7233' },
};

function grpc(code: number, words: string): Error {
  return Object.assign(new Error(`${code} ${words}`), { code, details: words, metadata: {} });
}

const late = '4 DEADLINE_EXCEEDED: Deadline exceeded after 10.001s';

it.each([
  [
    grpc(
      4,
      `DEADLINE_EXCEEDED: Deadline exceeded after 10.0s,name resolution: 0.1s,LB pick: 0.1s,remote_addr=[::1]:7233`,
    ),
    'NOT_ANSWERED',
  ],
  [grpc(4, 'DEADLINE_EXCEEDED: Deadline exceeded after 10.0s,Waiting for LB pick'), 'TEMPORAL_UNREACHABLE'],
  [grpc(4, 'DEADLINE_EXCEEDED: Deadline exceeded after 10.0s,waiting for name resolution'), 'TEMPORAL_UNREACHABLE'],
  [grpc(9, 'FAILED_PRECONDITION: no poller seen for task queue recently, worker may be down'), 'NOT_ANSWERED'],
  [grpc(14, 'UNAVAILABLE: No connection established. Last error: ECONNREFUSED'), 'TEMPORAL_UNREACHABLE'],
  [grpc(7, 'PERMISSION_DENIED: Request unauthorized.'), 'TEMPORAL_REFUSES'],
  [grpc(16, 'UNAUTHENTICATED: Invalid API key'), 'TEMPORAL_REFUSES'],
  [
    grpc(3, "INVALID_ARGUMENT: invalid query: column name 'SwitchyardPhase' is not defined"),
    'SEARCH_ATTRIBUTES_MISSING',
  ],
  [grpc(3, 'INVALID_ARGUMENT: malformed SQL query'), 'REQUEST_REFUSED'],
  [new WorkflowUpdateRPCTimeoutOrCancelledError('late', { cause: grpc(4, late) }), 'NOT_ANSWERED'],
])('%s', (error, code) => {
  expect(clientProblem(error, asked)).toMatchObject({ code, cause: error });
});

it('What is no error of Temporal comes back as it is', () => {
  const mistake = new TypeError('x is not a function');
  expect(clientProblem(mistake, asked)).toBe(mistake);
});

it('A list is asked for in the language of Temporal, whatever the names are', () => {
  const both = "WorkflowType IN ('onlineDdl', 'moveTables')";
  expect(listQuery({})).toBe(both);
  expect(listQuery({ open: false, phase: 'failed', query: 'CloseTime > "2026-11-21T00:00:00Z"' })).toBe(
    `${both} AND ExecutionStatus != 'Running' AND SwitchyardPhase = 'failed' AND (CloseTime > "2026-11-21T00:00:00Z")`,
  );
  const table = "SwitchyardTable IN ('o\\'shop.a', 'o\\'shop.*')";
  expect(listQuery({ kind: 'moveTables', cluster: 'eu', table: "o'shop.a", needsOperator: true })).toBe(
    `WorkflowType IN ('moveTables') AND SwitchyardCluster = 'eu' AND ${table} AND SwitchyardNeedsOperator = true`,
  );
});

it('The table of a statement is found as a server reads it', () => {
  const of = (statement: string, sqlMode?: string) => tableOf({ database: 'shop', statement, options: { sqlMode } });
  expect(of('ALTER TABLE orders ADD note TEXT')).toBe('orders');
  expect(of('alter /* a */ table `Shop`.`the ``orders` ENGINE=InnoDB;')).toBe('the `orders');
  expect(of('ALTER TABLE "orders" ADD note TEXT')).toBe('orders');
  expect(of('ALTER TABLE "orders" ADD note TEXT', 'ANSI')).toBe('orders');
  expect(() => of('ALTER TABLE "orders" ADD note TEXT', 'STRICT_TRANS_TABLES')).toThrow('it names no table');
  expect(() => of('ALTER TABLE other.orders ADD note TEXT')).toThrow('other');
});
