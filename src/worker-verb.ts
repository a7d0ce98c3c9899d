/** What `npm run worker` and `switchyard worker` do. */
import type { Environment } from './temporal/settings.js';

export interface WorkerOptions {
  /** A configuration file. */
  readonly config: string;
  readonly registerSearchAttributes?: true;
}

/** Never returns as a worker: the process ends. Only what is needed is loaded. @throws what prevents it. */
export async function work({ config, registerSearchAttributes }: WorkerOptions, env: Environment): Promise<void> {
  if (registerSearchAttributes) {
    const { registerInNamespace } = await import('./register-search-attributes.js');
    process.stdout.write(`${await registerInNamespace(env)}\n`);
    return;
  }
  const [{ loadConfig }, { runWorker }] = await Promise.all([import('./config/config.js'), import('./run-worker.js')]);
  await runWorker(loadConfig(config, env));
}
