/**
 * `switchyard/worker`: for programs that run a worker by themselves, with a data converter, interceptors or plugins of
 * their own; or that host only the workflows, by the path of their bundle.
 */
export { loadConfig, type Config } from './config/config.js';
export {
  createWorker,
  workflowBundle,
  type RunnableWorker,
  type WorkerHooks,
  type WorkerSettings,
} from './create-worker.js';
