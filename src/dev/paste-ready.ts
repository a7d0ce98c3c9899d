/** What `npm run dev` prints for people: commands that work as they are, from starting a migration to ending it. */
import { shellWord } from '../contract/command-line.js';
import { onlineDdlWorkflowId, taskQueueDefault, workflowTypes } from '../contract/names.js';
import type { LocalStack } from './local-stack.js';
import type { MysqlServer } from './mysql-server.js';

/** One text, with a newline at its end. */
export function pasteReadyCommands(
  { temporal, clusters, replicas, configFile, folder }: LocalStack,
  workerLogFile: string,
): string {
  const id = onlineDdlWorkflowId('commerce', 'shop', 'orders');
  const input = {
    cluster: 'commerce',
    database: 'shop',
    statement: 'ALTER TABLE orders ADD COLUMN note varchar(200)',
    options: { postponeCompletion: true },
  };
  const workflow = (...words: string[]): string =>
    [temporal.program, 'workflow', ...words, '--address', temporal.address].map(shellWord).join(' ');
  const update = (name: string): string =>
    workflow('update', 'execute', '--workflow-id', id, '--name', name, '--input', '{}');
  const steps: [string, string][] = [
    ...(clusters.commerce.clientScript === undefined
      ? []
      : exampleTable(clusters.commerce.clientScript, clusters.customer.clientScript)),
    [
      'start a migration that waits with its completion',
      workflow(
        ...['start', '--type', workflowTypes.onlineDdl, '--task-queue', taskQueueDefault],
        // Without it a second start is answered with the migration that runs, and its own statement goes nowhere.
        ...['--fail-existing', '--workflow-id', id, '--static-summary', 'Add a note to orders'],
        ...['--input', JSON.stringify(input)],
      ),
    ],
    ['list what needs a person', workflow('list', '--query', 'SwitchyardNeedsOperator = true')],
    ['see how far it is', workflow('query', '--workflow-id', id, '--type', 'status')],
    ['hold it back (postponeCompletion has done so from the start)', update('postpone')],
    ['let it complete', update('resume')],
    ['wait for its result', workflow('result', '--workflow-id', id)],
    ['take a cluster away, as docs/force-complete.md does to rehearse', `kill -STOP ${clusters.commerce.pid()}`],
    ['bring it back', `kill -CONT ${clusters.commerce.pid()}`],
    ...replicaSteps(replicas.commerce),
  ];
  return [
    ...steps.flatMap(([title, command]) => [`# ${title}`, command, '']),
    `Temporal      ${temporal.address}, UI ${temporal.ui}`,
    `MySQL         commerce ${address(clusters.commerce)}, customer ${address(clusters.customer)}`,
    `configuration ${configFile}`,
    `worker log    ${workerLogFile}`,
    `everything is below ${folder}; Ctrl-C stops it`,
    '',
  ].join('\n');
}

function exampleTable(commerceScript: string, customerScript: string | undefined): [string, string][] {
  const sql =
    'CREATE DATABASE IF NOT EXISTS shop; CREATE TABLE IF NOT EXISTS shop.orders ' +
    '(id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL); ' +
    'INSERT INTO shop.orders (email) VALUES (UUID()), (UUID()), (UUID())';
  const clients = customerScript === undefined ? '' : ` (customer: ${shellWord(customerScript)})`;
  return [
    [`the mysql client of commerce${clients}`, shellWord(commerceScript)],
    ['a table to work with', `${shellWord(commerceScript)} -e ${shellWord(sql)}`],
  ];
}

/** What makes a copy with `"throttle":{"replicaLagMsMax":5000}` wait. */
function replicaSteps(replica: MysqlServer | undefined): [string, string][] {
  if (replica?.clientScript === undefined) return [];
  const say = (sql: string): string => `${shellWord(replica.clientScript ?? '')} -e ${shellWord(sql)}`;
  return [
    ['let the replica of commerce fall behind', say('STOP REPLICA SQL_THREAD')],
    ['let it catch up', say('START REPLICA SQL_THREAD')],
  ];
}

function address({ host, port }: { readonly host: string; readonly port: number }): string {
  return `${host}:${port}`;
}
