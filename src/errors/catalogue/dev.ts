import type { Catalogue } from '../entry.js';

/** Local servers for the demo, tests and benchmarks. */
export const devErrors = {
  DEV_TOOL_MISSING: {
    kind: 'terminal',
    sentence: '{tool} cannot be had: {problem}.',
    remedy: '{remedy}',
  },
  DEV_START_FAILED: {
    kind: 'terminal',
    sentence: '{server} did not start: {problem}',
    remedy: 'Look into its log, {logFile}, remove the cause and start again.',
    unsaid: ['portTaken'],
  },
  DEV_ENDED: {
    kind: 'terminal',
    sentence: '{server} ended by itself ({how}), so the rest was stopped too.',
    remedy: 'Look into its log, {logFile}, and start again.',
  },
  DEV_CACHE_UNUSABLE: {
    kind: 'terminal',
    sentence: 'The cache folder {folder} cannot be used: {problem}.',
    remedy: 'Set SWITCHYARD_CACHE to a folder that you may write to.',
  },
  DEV_STOPPED: {
    kind: 'terminal',
    sentence: 'The start of the local servers was stopped by {signal}.',
    remedy: 'Nothing is left running; start again when you like.',
  },
  DEV_RUN_FAILED: {
    kind: 'terminal',
    sentence: 'The demo or benchmark failed: {problem}.',
    remedy: 'Look at the log of the worker in the folder that is named above; report it with that log.',
  },
} as const satisfies Catalogue;
