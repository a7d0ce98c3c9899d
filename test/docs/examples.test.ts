/** What the documents tell people to type is true: inputs fit their schemas, names exist, lists are complete. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseOnlineDdlInput } from '../../src/activities/migration/parse-input.js';
import { parsePlanDdlInput } from '../../src/activities/plan-ddl.js';
import { parseMoveTablesInput } from '../../src/activities/move/parse-input.js';
import { loadConfig, type Config } from '../../src/config/config.js';
import { onlineDdlCommandNames, onlineDdlCommandSchemas } from '../../src/contract/migration/commands.js';
import { tableCleanupCommandSchemas } from '../../src/contract/retained-table.js';
import { decodePayload } from '../../src/contract/decode.js';
import { moveCommandSchemas } from '../../src/contract/move/commands.js';
import {
  searchAttributeCliTypes,
  searchAttributeNames,
  searchAttributeTypes,
} from '../../src/contract/operation/search-attributes.js';
import { noticeEvents } from '../../src/domain/notice.js';
import { noticeSchema } from '../../src/contract/operation/notices.js';
import { taskQueueDefault, workflowTypes } from '../../src/contract/names.js';
import { onlineDdlInputSchema, onlineDdlOptionsSchema } from '../../src/contract/migration/input.js';
import { reconcileInputSchema } from '../../src/contract/reconcile.js';
import { ownDatabasePrivileges, requiredPrivileges } from '../../src/mysql/preflight/required-privileges.js';
import { Authority } from '../support/certificates.js';
import { blocks, examplesIn, listed, pages, read, root, section } from './pages.js';

const commandLines = pages.flatMap((page) =>
  blocks(page, 'sh')
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.startsWith('temporal workflow '))
    .map((line) => [page, line] as const),
);

function argument(line: string, name: string): string | undefined {
  const match = new RegExp(`--${name} (?:'([^']*)'|(\\S+))`).exec(line);
  return match?.[1] ?? match?.[2];
}

const parsers: Readonly<Record<string, (input: unknown) => unknown>> = {
  [workflowTypes.onlineDdl]: parseOnlineDdlInput,
  [workflowTypes.moveTables]: parseMoveTablesInput,
  [workflowTypes.planDdl]: parsePlanDdlInput,
  [workflowTypes.reconcile]: (input) => reconcileInputSchema.parse(input),
};

/** Search attributes that every namespace has. */
const temporalsOwn = ['ExecutionStatus', 'WorkflowType', 'StartTime', 'CloseTime'];

/** By what the workflow id begins with. */
const commandSchemas: Readonly<Record<string, Readonly<Record<string, Parameters<typeof decodePayload>[0]>>>> = {
  'online-ddl': onlineDdlCommandSchemas,
  'move-tables': moveCommandSchemas,
  'table-cleanup': tableCleanupCommandSchemas,
};

describe('Commands in the documents', () => {
  it('are there', () => {
    expect(commandLines.length).toBeGreaterThan(5);
  });

  it.each(commandLines)('%s: %s', (_page, line) => {
    const input: unknown = JSON.parse(argument(line, 'input') ?? 'null');
    if (line.startsWith('temporal workflow start ')) {
      const type = argument(line, 'type') ?? '';
      const parse = parsers[type];
      if (parse === undefined) throw new Error(`nothing starts a ${type}`);
      expect(line).toContain(' --fail-existing ');
      expect(argument(line, 'static-summary')).toMatch(/^.{5,100}$/);
      expect(argument(line, 'task-queue')).toBe(taskQueueDefault);
      expect(parse(input)).toEqual(input);
    } else if (/^temporal workflow (update execute|signal) /.test(line)) {
      const kind = argument(line, 'workflow-id')?.split('/')[0] ?? '';
      const schema = commandSchemas[kind]?.[argument(line, 'name') ?? ''];
      if (schema === undefined) throw new Error(`there is no command ${argument(line, 'name')}`);
      expect(decodePayload(schema, input)).toMatchObject({ fits: true });
    } else if (/^temporal workflow (list|count) /.test(line)) {
      const fields = [...(argument(line, 'query') ?? '').matchAll(/(?<=^| AND |GROUP BY )\w+/g)].map(([name]) => name);
      expect([...searchAttributeNames, ...temporalsOwn]).toEqual(expect.arrayContaining(fields));
      expect(fields).not.toEqual([]);
    } else {
      expect(line).toMatch(
        /^temporal workflow (query .*--type (status|plan|doctor)|result|describe|reset .*--type LastWorkflowTask) ?/,
      );
    }
  });
});

describe('docs/online-ddl.md', () => {
  const page = read('docs/online-ddl.md');
  const json = blocks('docs/online-ddl.md', 'json').map((block) => JSON.parse(block) as Record<string, unknown>);

  it('has a whole input that is valid and has every option', () => {
    const input = json.find((value) => 'options' in value);
    const parsed = onlineDdlInputSchema.parse(input);
    expect(parseOnlineDdlInput(input)).toEqual(input);
    expect(Object.keys(parsed.options ?? {}).toSorted()).toEqual(Object.keys(onlineDdlOptionsSchema.shape).toSorted());
  });

  it('explains every option, every command and every field of the status', () => {
    const explained = listed(page);
    const options = Object.keys(onlineDdlOptionsSchema.shape).filter((name) => name !== 'cutOver');
    const notBuilt = ['forceCutOver'];
    const commands = onlineDdlCommandNames.filter((name) => !notBuilt.includes(name));
    const told = ['version', 'cluster', 'database', 'table', 'statement', 'nextStep', 'warnings', 'notCompared'];
    const status = Object.keys(json.find((value) => 'pauseReasons' in value) ?? {});
    for (const name of [...options, ...commands, ...status.filter((field) => !told.includes(field))]) {
      expect(explained, name).toContain(name);
    }
    for (const name of notBuilt) expect(page).toContain(`\`${name}\``);
  });

  it('gives an example input that fits for every command in its list', () => {
    const rows = examplesIn(page);
    expect(rows.length).toBeGreaterThan(8);
    for (const [name, input] of rows) {
      const schema = onlineDdlCommandSchemas[name as keyof typeof onlineDdlCommandSchemas];
      expect(decodePayload<unknown>(schema, JSON.parse(input)), name).toMatchObject({ fits: true });
    }
  });
});

describe('docs/lists.md', () => {
  it('has every search attribute with its type, in the list and in the command that registers them by hand', () => {
    const page = read('docs/lists.md');
    const command = blocks('docs/lists.md', 'sh').join(' ');
    for (const name of searchAttributeNames) {
      const type = searchAttributeCliTypes[searchAttributeTypes[name]];
      expect(page).toContain(`\n- \`${name}\` (\`${type}\`): `);
      expect(command).toContain(`--name ${name} --type ${type}`);
    }
  });
});

describe('docs/notifications.md', () => {
  const page = read('docs/notifications.md');

  it('has an example that is a notice, and explains each of its fields and all that is told', () => {
    const [example = ''] = blocks('docs/notifications.md', 'json');
    const notice = noticeSchema.parse(JSON.parse(example));
    expect(listed(page)).toEqual([...noticeEvents, ...Object.keys(notice)]);
    expect(notice.text).toBe(`${notice.kind} ${notice.name}: ${notice.event}. ${notice.sentence} ${notice.nextStep}`);
  });

  it('shows configurations that are valid', async () => {
    const secrets = { COMMERCE_PASSWORD: 'one', NOTIFY_SECRET: 'correct horse battery staple', OPS_TOKEN: 'token' };
    const [webhook, activity] = await Promise.all(
      blocks('docs/notifications.md', 'yaml').map((yaml) => configured(yaml, secrets)),
    );
    expect(webhook?.notify).toEqual({
      ...{ driver: 'webhook', url: 'https://ops.example.com/switchyard', secret: 'correct horse battery staple' },
      ...{ headers: { authorization: 'Bearer token' }, timeoutMs: 5_000 },
      events: ['needsOperator', 'postponed', 'retrying', 'failed'],
    });
    const events = [...noticeEvents];
    expect(activity?.notify).toEqual({
      ...{ driver: 'activity', taskQueue: 'ops', activityType: 'takeNotice', timeoutMs: 5_000 },
      events,
    });
  });
});

/** What a worker makes of a configuration file. */
async function configured(yaml: string, environment: Readonly<Record<string, string>>): Promise<Config> {
  const folder = await mkdtemp(join(tmpdir(), 'switchyard-docs-'));
  try {
    const file = join(folder, 'switchyard.yaml');
    await writeFile(file, yaml);
    return loadConfig(file, environment);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe('docs/configuration.md', () => {
  it('shows a configuration that is valid', async () => {
    const [yaml] = blocks('docs/configuration.md', 'yaml');
    const folder = await mkdtemp(join(tmpdir(), 'switchyard-docs-'));
    try {
      const file = join(folder, 'switchyard.yaml');
      await writeFile(file, yaml ?? '');
      // The certificates are files of the reader's.
      const authority = new Authority('theirs');
      const { cert, key } = authority.issue({});
      const files = { 'ca.pem': authority.ca, 'client.pem': cert, 'client-key.pem': key };
      await mkdir(join(folder, 'certificates'));
      for (const [name, text] of Object.entries(files)) await writeFile(join(folder, 'certificates', name), text);
      const secrets = { COMMERCE_PASSWORD: 'one', CUSTOMER_PASSWORD: 'two' };
      const { clusters, taskQueue, router } = loadConfig(file, secrets);
      expect([...clusters.keys()]).toEqual(['commerce', 'customer']);
      expect(taskQueue).toBe(taskQueueDefault);
      expect(router).toEqual({ driver: 'table', cluster: clusters.get('customer') });
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('docs/servers.md', () => {
  it('grants every privilege that preflight asks for, and no other', () => {
    const sql = blocks('docs/servers.md', 'sql').join('\n');
    const scopes = { '*.*': 'global', 'performance_schema.*': 'performance_schema', '`shop`.*': 'database' };
    const ours = { '`_switchyard`.*': 'sidecar', '`\\_sw\\_%`.*': 'ownDatabases' };
    const names: Readonly<Record<string, string>> = { ...scopes, ...ours };
    const granted = [...sql.matchAll(/^GRANT (.*) ON (\S+) TO /gm)].flatMap(([, list, on]) =>
      (list ?? '').split(', ').map((privilege) => `${names[on ?? '']}: ${privilege}`),
    );
    const all = [...requiredPrivileges, ...ownDatabasePrivileges];
    const needed = all.map(({ scope, privilege }) => `${scope}: ${privilege}`);
    expect(granted.toSorted()).toEqual(needed.toSorted());
  });

  it('says what each privilege is for, in the words of preflight', () => {
    const text = section('docs/servers.md', 'Grants');
    const told = [...text.matchAll(/^- `([A-Z_ ]+)`: (.*(?:\n {2}.*)*)/gm)].map(([, name, why]) => [name, why]);
    const needed = requiredPrivileges.filter(({ scope }) => scope !== 'sidecar');
    expect(told).toEqual(needed.map(({ privilege, reason }) => [privilege, reason]));
  });
});

describe('All pages', () => {
  it('name only scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) =>
      [...read(page).matchAll(/npm run (?:-s )?([a-z]+)/g)].map(([, name]) => name),
    );
    for (const name of new Set(named)) expect(scripts, name).toHaveProperty(name ?? '');
  });
});

describe('Links and file names in the documents', () => {
  it.each(pages)('%s names files that exist', (page) => {
    const text = read(page);
    const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, link]) => join(dirname(page), link ?? ''));
    const files = [...text.matchAll(/`((?:src|test|scripts)\/[\w./-]+)`/g)].map(([, file]) => file ?? '');
    for (const file of [...links, ...files]) expect(existsSync(join(root, file)), file).toBe(true);
  });
});
