import { describe, expect, it } from 'vitest';
import { findDebianArchives } from '../../src/dev/apt-sources.js';

const uris = (text: string, name = 'a.sources'): readonly string[] =>
  findDebianArchives([{ name, text }]).map(({ uri }) => uri);

describe('findDebianArchives', () => {
  it('reads deb822 stanzas with comments, several URIs and an embedded key', () => {
    const text = [
      '# the main archive',
      'Types: deb deb-src',
      '# an old mirror',
      'URIs: http://one.example/debian',
      '  http://two.example/debian',
      'Suites: trixie trixie-updates',
      'Components: main contrib',
      'Signed-By:',
      ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
      ' .',
      ' abcd',
      ' -----END PGP PUBLIC KEY BLOCK-----',
      '',
      'Types: deb',
      'URIs: http://three.example/debian-security',
      'Suites: trixie-security',
      'Components: main',
    ].join('\n');
    const key = 'Signed-By:\n -----BEGIN PGP PUBLIC KEY BLOCK-----\n .\n abcd\n -----END PGP PUBLIC KEY BLOCK-----';
    expect(findDebianArchives([{ name: 'debian.sources', text }])).toEqual([
      { uri: 'http://one.example/debian', fields: [key] },
      { uri: 'http://two.example/debian', fields: [key] },
    ]);
  });

  it('reads one-line entries with options, and nothing that is commented out', () => {
    const text = [
      '#deb http://zero.example/debian sid main',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg check-valid-until=no] http://one.example/debian bookworm main # here',
      'deb-src http://two.example/debian bookworm main',
      'deb http://three.example/debian bookworm contrib',
    ].join('\n');
    expect(findDebianArchives([{ name: '/etc/apt/sources.list', text }])).toEqual([
      {
        uri: 'http://one.example/debian',
        fields: ['Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg', 'Check-Valid-Until: no'],
      },
    ]);
  });

  it.each([
    ['a vendor with a suite of its own', 'deb https://vendor.example/apt cloud-sdk-bookworm main'],
    ['another distribution', 'deb http://archive.example/ubuntu noble main'],
    ['security updates alone', 'deb http://security.example/debian-security bookworm-security main'],
    ['sources only', 'deb-src http://one.example/debian bookworm main'],
  ])('leaves out %s', (_what, line) => {
    expect(uris(line, 'x.list')).toEqual([]);
  });

  it('leaves out a disabled stanza', () => {
    const stanza = 'Types: deb\nURIs: http://one.example/debian\nSuites: sid\nComponents: main\n';
    expect(uris(stanza)).toEqual(['http://one.example/debian']);
    expect(uris(`Enabled: no\n${stanza}`)).toEqual([]);
  });

  it('puts what looks like Debian itself before a vendor that names its suite after a release', () => {
    const text = [
      'deb https://vendor.example/php bookworm main',
      'deb http://mirror.example/some/debian/ bookworm main',
      'deb http://mirror.example/some/debian/ sid main',
    ].join('\n');
    expect(uris(text, 'x.list')).toEqual(['http://mirror.example/some/debian/', 'https://vendor.example/php']);
  });
});
