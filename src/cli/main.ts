#!/usr/bin/env node
/** The program `switchyard`: its verbs, on this machine and this terminal. The only file of src/cli that knows everything. */
import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { watchEveryMs } from '../limits/cli.js';
import { temporalEnvironment, type Context } from './context.js';
import { exitCodes } from './ends.js';
import { run } from './program.js';
import { thisTerminal } from './terminal.js';
import { verbs } from './verbs.js';
import type { WorkerWords } from './verbs/local.js';

async function work(words: WorkerWords): Promise<void> {
  const { work: begin } = await import('../worker-verb.js');
  // The worker looks for Temporal where its process is told that it is.
  Object.assign(process.env, temporalEnvironment(words));
  await begin(words, process.env);
}

/** Whoever sits here; as far as the system knows them. */
function whoIsHere(): string {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `somebody@${hostname()}`;
  }
}

const context: Context = {
  terminal: thisTerminal(),
  env: process.env,
  by: whoIsHere(),
  everyMs: watchEveryMs,
  exitCode: exitCodes.done,
  async connect(taskQueue, env) {
    const { SwitchyardClient } = await import('../client/switchyard-client.js');
    return SwitchyardClient.connect({ taskQueue, by: this.by }, env);
  },
};

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
  version: string;
};
const code = await run(verbs(work), process.argv.slice(2), context, version);
if (code !== exitCodes.done) process.exitCode = code;
