/** The list of the doctor has every check, and docs/doctor.md explains each of them. */
import { readdir } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { checks } from '../../src/doctor/checks.js';
import { listed, section } from '../docs/pages.js';

const folder = new URL('../../src/doctor/checks/', import.meta.url);

it('Each file has one check, named after it, and all of them are in the list, once', async () => {
  const names: string[] = [];
  for (const file of await readdir(folder)) {
    const exported = Object.values((await import(new URL(file, folder).href)) as Record<string, unknown>);
    const own = exported.filter((value) => typeof value === 'object' && value !== null && 'scope' in value);
    expect(own, file).toHaveLength(1);
    expect(checks, file).toContain(own[0]);
    names.push(file.replace(/\.ts$/, ''));
  }
  expect(checks.map(({ name }) => name).toSorted()).toEqual(names.toSorted());
});

it('The page explains each of them, in the order of the list', () => {
  const told = ['On each cluster', 'Temporal', 'The configuration'].flatMap((heading) =>
    listed(section('docs/doctor.md', heading)),
  );
  expect(told).toEqual(checks.map(({ name }) => name));
});

it('One check of a scope opens it, and only the configuration needs none', () => {
  const opening = checks.filter(({ opens }) => opens).map(({ scope }) => scope);
  expect(opening).toEqual(['cluster', 'temporal']);
});
