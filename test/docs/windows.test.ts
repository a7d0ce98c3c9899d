/** What docs/windows.md says of windows is what there is. */
import { expect, it } from 'vitest';
import { parseOnlineDdlInput } from '../../src/activities/migration/parse-input.js';
import { windowFields } from '../../src/contract/operation/attempt-window.js';
import { windowsMax } from '../../src/limits/contract.js';
import { attemptMarginMs } from '../../src/limits/lifecycle.js';
import { blocks, listed, read } from './pages.js';

const name = 'docs/windows.md';
const page = read(name).replace(/\n/g, ' ');

it('explains every field of a window, and shows one that has them all', () => {
  expect(listed(read(name)).toSorted()).toEqual(Object.keys(windowFields).toSorted());
  const window = JSON.parse(blocks(name, 'json')[0] ?? '') as object;
  expect(Object.keys(window).toSorted()).toEqual(Object.keys(windowFields).toSorted());
  const input = { cluster: 'c', database: 'd', statement: 'ALTER TABLE t FORCE', options: { cutOver: { window } } };
  expect(parseOnlineDdlInput(input).options?.cutOver?.window).toEqual([window]);
});

it('tells the limits that there are', () => {
  expect(page).toContain(`up to ${windowsMax} windows`);
  expect(page).toContain(`${attemptMarginMs / 1_000} s for all else`);
});
