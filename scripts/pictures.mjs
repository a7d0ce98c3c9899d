// Makes the pictures of docs/pictures: of Temporal's UI with a migration that somebody blocks, of the dialog for signals, and
// of a move whose source has died after the switch. Starts servers and a worker of its own, after `npm run build`:
//   SWITCHYARD_CHROMIUM=/usr/bin/chromium node scripts/pictures.mjs
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import mysql from 'mysql2/promise';
import { chromium } from 'playwright-core';
import { startLocalStack } from '../dist/dev/local-stack.js';
import { startWorkerOf } from '../dist/dev/start-worker.js';

const folder = fileURLToPath(new URL('../docs/pictures', import.meta.url));
const executablePath = process.env.SWITCHYARD_CHROMIUM;
if (executablePath === undefined) {
  process.stderr.write('SWITCHYARD_CHROMIUM is not set: give it the path of a Chromium or Chrome.\n');
  process.exit(2);
}

const migrationId = 'online-ddl/commerce/shop/orders';
const moveId = 'move-tables/customers';
const waitMs = 120_000;

const stack = await startLocalStack({ stopOnSignals: true });
try {
  await startWorkerOf(stack);
  await mkdir(folder, { recursive: true });
  const connection = await Connection.connect({ address: stack.temporal.address });
  const client = new Client({ connection, namespace: stack.temporal.namespace });
  const holder = await fillShop();
  const migration = await start(client, 'onlineDdl', migrationId, 'Add a channel to orders (SHOP-1234)', {
    cluster: 'commerce',
    database: 'shop',
    statement: "ALTER TABLE orders ADD COLUMN channel varchar(20) NOT NULL DEFAULT 'web', ADD KEY email (email)",
    options: { cutOver: { maxAttempts: 2 } },
  });
  const move = await start(client, 'moveTables', moveId, 'Move customers to customer (SHOP-1240)', {
    name: 'customers',
    source: { cluster: 'commerce', database: 'shop' },
    target: { cluster: 'customer', database: 'shop' },
    tables: ['customers'],
  });
  await until(migration, ({ phase }) => phase === 'postponed');
  await until(move, ({ nextCommand }) => nextCommand?.name === 'switchTraffic');
  await move.executeUpdate('switchTraffic', { args: [{ by: 'ada', reason: 'SHOP-1240' }] });
  await until(move, ({ phase, reverse }) => phase === 'switched' && reverse.caughtUp);
  await withPage(async (page) => {
    await pictureOfMigration(page);
    await pictureOfSignal(page);
    holder.destroy();
    await stack.clusters.commerce.kill('SIGKILL');
    await until(move, ({ unreachable }) => unreachable.source !== null);
    await pictureOfMove(page);
  });
  await connection.close();
} finally {
  await stack.stop();
}

/** Two tables with some rows. @returns a session that holds one of them. */
async function fillShop() {
  const { commerce, customer } = stack.clusters;
  const connect = ({ host, port, app }) => mysql.createConnection({ host, port, ...app });
  const [source, target, holder] = await Promise.all([connect(commerce), connect(customer), connect(commerce)]);
  await target.query('CREATE DATABASE shop');
  await source.query('CREATE DATABASE shop');
  const columns = 'id bigint AUTO_INCREMENT PRIMARY KEY, email varchar(100) NOT NULL';
  await source.query(`CREATE TABLE shop.orders (${columns})`);
  await source.query(`CREATE TABLE shop.customers (${columns})`);
  await source.query("INSERT INTO shop.orders (email) VALUES ('ada@example.com'), ('bob@example.com')");
  await source.query("INSERT INTO shop.customers (email) VALUES ('ada@example.com'), ('bob@example.com')");
  await holder.query('BEGIN');
  await holder.query('SELECT COUNT(*) FROM shop.orders');
  await Promise.all([source.end(), target.end()]);
  return holder;
}

function start(client, type, workflowId, staticSummary, input) {
  return client.workflow.start(type, { workflowId, taskQueue: 'switchyard', staticSummary, args: [input] });
}

async function until(handle, holds) {
  const deadline = Date.now() + waitMs;
  for (;;) {
    // The worker may not be there yet.
    const status = await handle.query('status').catch(() => undefined);
    if (status !== undefined && holds(status)) return;
    if (Date.now() > deadline) throw new Error(`${handle.workflowId} does not get there: ${JSON.stringify(status)}`);
    await sleep(500);
  }
}

async function withPage(work) {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 }, timezoneId: 'UTC' });
    page.setDefaultTimeout(waitMs);
    await work(page);
  } finally {
    await browser.close();
  }
}

async function openDetails(page, workflowId) {
  await page.goto(`${stack.temporal.ui}/namespaces/default/workflows/${encodeURIComponent(workflowId)}`);
  await page.getByRole('heading', { name: 'Event History', exact: true }).waitFor();
  await page.getByText('User Metadata', { exact: true }).first().click();
  await page.getByText('Current Details').first().waitFor();
  // They are in a frame of their own, which the page fills when it likes.
  await page.waitForTimeout(4_000);
}

async function pictureOfMigration(page) {
  await openDetails(page, migrationId);
  await page.screenshot({ path: join(folder, 'migration.png') });
}

async function pictureOfSignal(page) {
  await page.getByRole('button', { name: 'More Actions' }).click();
  await page.locator('.menu-item-wrapper:visible', { hasText: 'Send a Signal' }).first().click();
  await page.getByText('Select a signal').click();
  await page.getByRole('option').first().waitFor();
  await page.screenshot({ path: join(folder, 'signal.png') });
}

async function pictureOfMove(page) {
  await openDetails(page, moveId);
  await page.screenshot({ path: join(folder, 'move-source-gone.png') });
}
