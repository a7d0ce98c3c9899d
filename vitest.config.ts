import { resolve } from 'node:path';
import { defineConfig, type TestProjectConfiguration } from 'vitest/config';

// Tests that need the shared servers; the others start in no time, or start what they need by themselves.
const onSharedServers = [
  'test/mysql/**/*.test.ts',
  'test/e2e/**/*.test.ts',
  'test/faults/**/*.test.ts',
  'test/cases/**/*.test.ts',
];

/** Only by `npm run test:soak`: it takes as long as it is told. */
const soak = ['test/soak/**/*.test.ts'];

const globalSetup = ['./test/support/stack-setup.ts'];
const projects: TestProjectConfiguration[] = [
  { extends: true, test: { name: 'alone', include: ['test/**/*.test.ts'], exclude: [...onSharedServers, ...soak] } },
  { extends: true, test: { name: 'servers', include: onSharedServers, globalSetup } },
];
const soaked: TestProjectConfiguration = { extends: true, test: { name: 'soak', include: soak, globalSetup } };
const isSoaked = process.env['SWITCHYARD_SOAK_MINUTES'] !== undefined;

/** Examples name the package as others do. */
const alias = {
  'switchyard/client': resolve(import.meta.dirname, 'src/client/index.ts'),
  'switchyard/contract': resolve(import.meta.dirname, 'src/contract/index.ts'),
};

export default defineConfig({
  resolve: { alias },
  test: {
    // The Temporal native bridge crashes in worker threads; forks share it within a process (isolate: false).
    pool: 'forks',
    isolate: false,
    maxWorkers: 2,
    // Moves and migrations whose worker is killed: most of their time they wait for Temporal to notice it.
    maxConcurrency: 4,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    teardownTimeout: 30_000,
    reporters: ['default', './test/support/closing-line-reporter.ts'],
    projects: isSoaked ? [...projects, soaked] : projects,
  },
});
