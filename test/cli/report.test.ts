/** `switchyard report`: where the page goes, and what is said of it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Client } from '@temporalio/client';
import { DefaultFailureConverter, defaultPayloadConverter } from '@temporalio/common';
import { historyFromJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OperationHandle } from '../../src/cli/find.js';
import type { SwitchyardClient } from '../../src/client/switchyard-client.js';
import { switchyard } from '../support/cli.js';
import { readFixture } from '../support/workflow-env.js';

const workflowId = 'online-ddl/commerce/shop/orders';
let folder: string;
let client: Partial<SwitchyardClient>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'switchyard-report-'));
  const history = historyFromJSON(await readFixture('0.1.0/happy-path'));
  const handle = {
    describe: () => Promise.resolve({ runId: 'run', raw: {} }),
    fetchHistory: () => Promise.resolve(history),
    query: () => Promise.reject(new Error('nobody is there')),
  };
  const converters = { payloadConverter: defaultPayloadConverter, failureConverter: new DefaultFailureConverter() };
  const temporal = {
    options: { namespace: 'default', loadedDataConverter: { ...converters, payloadCodecs: [] } },
    workflow: { getHandle: () => handle },
    withDeadline: (_deadline: number, ask: () => unknown) => ask(),
  };
  client = {
    temporal: temporal as unknown as Client,
    operation: () => Promise.resolve({ kind: 'onlineDdl', workflowId } as unknown as OperationHandle),
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('report', () => {
  it('writes a file, and says what is not in it', async () => {
    const file = join(folder, 'orders.html');
    const said = await switchyard(['report', workflowId, '--output', file], { client });
    expect(said).toMatchObject({ code: 0, err: '' });
    const lines = [/^Written to .*orders\.html\.$/, /^Not in it: .*nobody is there/, /^Not in it: .*--config/, /^$/];
    expect(said.out.split('\n')).toEqual(lines.map((line) => expect.stringMatching(line) as string));
    expect(await readFile(file, 'utf8')).toMatch(/^<!doctype html>[\s\S]*ALTER TABLE orders ADD COLUMN note TEXT/);
  });

  it('says the same as JSON', async () => {
    const file = join(folder, 'again.html');
    const { json } = await switchyard(['report', workflowId, '--output', file, '--json'], { client });
    const gaps = [expect.stringContaining('nobody is there'), expect.stringContaining('--config')] as string[];
    expect(json).toEqual([{ version: 1, kind: 'report', workflowId, file, gaps }]);
  });

  it('is the page itself on standard output', async () => {
    const { code, out } = await switchyard(['report', workflowId, '--output', '-'], { client });
    expect(code).toBe(0);
    expect(out).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  });

  it.each([
    [['--output', join('nowhere', 'at', 'all.html')], /^--output: ENOENT/],
    [['--config', 'nowhere.yaml'], /^INVALID_CONFIGURATION: The configuration nowhere\.yaml/],
  ])('%j is a mistake that is said', async (words, problem) => {
    const said = await switchyard(['report', workflowId, ...words], { client });
    expect(said).toMatchObject({ code: 2, out: '' });
    expect(said.err).toMatch(problem);
  });

  it('cannot be both on standard output, the page and what is said of it', async () => {
    const said = await switchyard(['report', workflowId, '--output', '-', '--json'], { client });
    const message = expect.stringContaining('exclude') as string;
    expect(said).toMatchObject({ code: 2, json: [{ kind: 'error', message }] });
  });
});
