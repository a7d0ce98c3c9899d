/**
 * Reads the machine's own apt sources, so that packages come from the mirror, and are checked with the key, that its
 * administrator chose. Pure: text in, entries out. Formats: sources.list(5), one-line style and deb822 style.
 */

/** One archive of Debian that the machine uses. */
export interface DebianArchive {
  readonly uri: string;
  /** deb822 fields to take over as they are (`Signed-By` with its key or file, `Trusted` …), a line or block each. */
  readonly fields: readonly string[];
}

/** A file of /etc/apt: `name` decides the format (`.sources` is deb822). */
export interface AptSourcesFile {
  readonly name: string;
  readonly text: string;
}

/** Suites of Debian itself; `bookworm-security` and `cloud-sdk-bookworm` are others. */
const debianSuites = new Set([
  ...['stable', 'oldstable', 'oldoldstable', 'testing', 'unstable', 'sid'],
  ...['buster', 'bullseye', 'bookworm', 'trixie', 'forky', 'duke'],
]);

/** How archives are checked and reached; anything else of an entry (suites, languages …) is ours to choose. */
const fieldsTakenOver = ['Signed-By', 'Trusted', 'Check-Valid-Until', 'Allow-Insecure'];

interface SourceEntry {
  readonly types: readonly string[];
  readonly uris: readonly string[];
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly enabled: boolean;
  readonly fields: readonly string[];
}

/**
 * The archives that carry a release of Debian with component `main`, most likely Debian's own first: vendors also name
 * their suites after releases (`https://vendor.example/php bookworm main`).
 */
export function findDebianArchives(files: readonly AptSourcesFile[]): readonly DebianArchive[] {
  const entries = files.flatMap(({ name, text }) => (name.endsWith('.sources') ? parseDeb822(text) : parseLines(text)));
  const archives = entries
    .filter(({ enabled, types, components }) => enabled && types.includes('deb') && components.includes('main'))
    .filter(({ suites }) => suites.some((suite) => debianSuites.has(suite)))
    .flatMap(({ uris, fields }) => uris.map((uri) => ({ uri, fields })));
  const unique = archives.filter(({ uri }, index) => archives.findIndex((other) => other.uri === uri) === index);
  return [...unique.filter(looksLikeDebian), ...unique.filter((archive) => !looksLikeDebian(archive))];
}

function looksLikeDebian({ uri, fields }: DebianArchive): boolean {
  return fields.some((field) => field.includes('debian-archive')) || /\/debian(\/\d{8}T\d{6}Z)?\/?$/.test(uri);
}

function parseLines(text: string): SourceEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(deb|deb-src)\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, type = '', options = '', uri = '', suite = '', components = ''] = match;
    const fields = options.split(/\s+/).flatMap((option) => {
      const [name = '', value = ''] = option.split('=');
      const field = fieldsTakenOver.find((known) => known.toLowerCase() === name.toLowerCase());
      return field === undefined ? [] : [`${field}: ${value.replaceAll(',', ' ')}`];
    });
    return [{ types: [type], uris: [uri], suites: [suite], components: words(components), enabled: true, fields }];
  });
}

function parseDeb822(text: string): SourceEntry[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  const stanzas = lines.join('\n').split(/\n\s*\n/);
  return stanzas.filter((stanza) => stanza.trim() !== '').map(parseStanza);
}

/** Fields of a stanza; a line that begins with a blank continues the one before (keys are written so). */
function parseStanza(stanza: string): SourceEntry {
  const blocks = stanza
    .trim()
    .split(/\n(?!\s)/)
    .map((block) => /^([^:\s]+)\s*:([\s\S]*)$/.exec(block))
    .flatMap((match) => (match ? [{ name: match[1] ?? '', value: match[2] ?? '' }] : []));
  const valueOf = (name: string): string | undefined =>
    blocks.find((block) => block.name.toLowerCase() === name.toLowerCase())?.value;
  return {
    types: words(valueOf('Types')),
    uris: words(valueOf('URIs')),
    suites: words(valueOf('Suites')),
    components: words(valueOf('Components')),
    enabled: !/^\s*(no|false|0|off)\s*$/i.test(valueOf('Enabled') ?? ''),
    fields: fieldsTakenOver.flatMap((name) => {
      const value = valueOf(name);
      return value === undefined ? [] : [`${name}:${value.trimEnd()}`];
    }),
  };
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter(Boolean);
}
