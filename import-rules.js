// The one-way arrows of the house (DESIGN.md, "The house"). ESLint refuses an import that is not listed here, and
// test/imports.test.ts walks every file and checks the same table, so that neither can be switched off alone.
// `folders`: other top-level folders of src that may be imported. `packages`: npm packages and node: modules.
// `storeys`: the folders inside, where they are not equals: for each one the other ones that it may import; '' stands for
// the files beside them. A storey keeps to its name: in another folder that has one of its name, too, it may import that
// one and what that one may import.

/** Two kinds of operation, what both are made of, and files that belong to none, such as what composes them. */
const kinds = {
  '': ['operation', 'migration', 'move'],
  operation: [''],
  migration: ['', 'operation'],
  move: ['', 'operation'],
};

/**
 * @typedef {{ folders: string[], packages: string[], storeys?: Record<string, string[]> }} FolderRules
 * @type {Record<string, FolderRules>}
 */
export const importRules = {
  // What the data plane is asked and tells: whoever is on either side of it says it in these words.
  domain: { folders: [], packages: [] },
  errors: { folders: ['limits'], packages: [] },
  limits: { folders: [], packages: [] },
  // What it decides on is asked by mysql, which implements its port.
  throttle: { folders: ['errors', 'limits'], packages: ['zod'] },
  lifecycle: { folders: ['domain', 'errors', 'limits', 'throttle'], packages: [], storeys: kinds },
  schema: { folders: ['domain', 'errors', 'limits'], packages: [] },
  binlog: { folders: ['errors', 'limits'], packages: ['fzstd', 'node:zlib', 'node:buffer'] },
  contract: {
    folders: ['domain', 'errors', 'limits', 'lifecycle', 'throttle'],
    packages: ['zod', '@temporalio/workflow', '@temporalio/common'],
    storeys: kinds,
  },
  mysql: {
    folders: ['domain', 'errors', 'limits', 'schema', 'binlog', 'throttle'],
    packages: [
      'mysql2',
      'mysql2/promise',
      'node:crypto',
      'node:events',
      'node:net',
      'node:timers/promises',
      'node:tls',
    ],
    // What a server is asked, and our books on it <- one table and its copy <- the two kinds of operation, which do not
    // know each other <- what cleans up after both.
    storeys: {
      server: [],
      table: ['server'],
      preflight: ['server'],
      migration: ['server', 'table', 'preflight'],
      move: ['server', 'table', 'preflight'],
      reconcile: ['server', 'table', 'migration', 'move'],
    },
  },
  // What applications load (watch-routes.ts) comes without a driver: they give the connection.
  router: { folders: ['domain', 'errors', 'limits', 'schema', 'mysql'], packages: ['node:crypto'] },
  activities: {
    folders: ['domain', 'errors', 'limits', 'contract', 'mysql', 'router', 'notify'],
    packages: [
      '@temporalio/activity',
      '@temporalio/client',
      '@temporalio/common',
      'luxon',
      'node:timers/promises',
      'node:crypto',
    ],
    storeys: kinds,
  },
  workflows: {
    folders: ['domain', 'errors', 'limits', 'contract', 'lifecycle', 'throttle'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
    storeys: kinds,
  },
  // What a worker shows of itself: its log and its metrics.
  telemetry: {
    folders: ['domain', 'errors', 'limits', 'contract', 'mysql'],
    packages: ['@temporalio/worker', '@temporalio/client', '@temporalio/common', 'node:util'],
  },
  // The webhook is the router's.
  notify: { folders: ['contract', 'domain', 'errors', 'limits', 'router'], packages: [] },
  // How a worker reaches Temporal.
  temporal: {
    folders: ['errors', 'limits'],
    packages: ['@temporalio/worker', '@temporalio/envconfig', 'node:timers/promises'],
  },
  // What programs load that start and steer operations: no worker, no driver.
  client: {
    folders: ['domain', 'errors', 'limits', 'contract', 'schema', 'temporal'],
    packages: ['zod', '@temporalio/client', '@temporalio/common', 'node:timers/promises'],
  },
  // Asks everybody, and decides nothing: the rules are those of whoever works.
  doctor: {
    folders: [
      'domain',
      'errors',
      'limits',
      'config',
      'contract',
      'mysql',
      'router',
      'notify',
      'temporal',
      'activities',
    ],
    packages: ['@temporalio/client', '@temporalio/worker', 'commander'],
  },
  // The page of one operation. What it shows is read by `gather`; the other folders are pure.
  report: {
    folders: ['domain', 'errors', 'limits', 'config', 'contract', 'lifecycle', 'throttle', 'mysql'],
    packages: [
      '@temporalio/client',
      '@temporalio/common',
      '@temporalio/common/lib/internal-non-workflow/index.js',
      '@temporalio/common/lib/proto-utils.js',
    ],
  },
  config: {
    folders: ['domain', 'errors', 'limits'],
    packages: ['zod', 'yaml', 'node:crypto', 'node:fs', 'node:path'],
  },
  // The program. What it starts on this machine it loads by way of main.ts, which is a file of the root but for its place.
  cli: {
    folders: ['client', 'contract', 'dev', 'doctor', 'domain', 'errors', 'lifecycle', 'limits', 'report', 'throttle'],
    packages: ['node:*', 'commander', 'picocolors', 'zod'],
  },
  dev: {
    folders: ['domain', 'errors', 'limits', 'config', 'contract', 'router', 'client'],
    packages: [
      'node:*',
      'commander',
      'cli-progress',
      'picocolors',
      'get-port',
      'mysql2',
      'mysql2/promise',
      'yaml',
      '@temporalio/client',
    ],
  },
};

/** Files directly under src and the start of the program, which compose the folders and may know everything. */
export const rootFiles = [
  'cli/main.ts',
  'create-worker.ts',
  'register-search-attributes.ts',
  'run-worker.ts',
  'worker-deployment.ts',
  'worker-hosting.ts',
  'worker-verb.ts',
  'worker.ts',
  'workers.ts',
  'workflow-definitions.ts',
];
