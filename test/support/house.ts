import { nodeIn, nodesIn, parse, type Tree, targetsOf } from './source.ts';

const PARTS = ['pricing', 'datasets', 'prompts', 'providers', 'scorers', 'reporters'];

/** The layer table: which folders of src a folder may import from, besides itself. */
const LAYERS: ReadonlyMap<string, readonly string[]> = new Map([
  ['core', []],
  ['io', []],
  ...PARTS.map((part): [string, string[]] => [part, ['core', 'io']]),
  ['store', ['core', 'io', 'datasets']],
  ['gateway', ['core', 'io', 'pricing']],
  ['page', ['core']],
  ['engine', ['core', 'io']],
  ['queue', ['core', 'io']],
  ['app', ['core', 'io', ...PARTS, 'store', 'gateway', 'engine', 'queue']],
  ['commands', ['core', 'io', 'app', 'reporters', 'gateway']],
  ['cli', ['core', 'io', 'app', 'commands']],
  ['index.ts', ['core', 'app', 'cli', 'gateway']],
  ['vitest.ts', ['core', 'app']],
]);

/** Folders whose parts are reached through the registry in their index.ts. */
const REGISTRIES = ['datasets', 'providers', 'scorers', 'store/formats', 'reporters', 'commands'];

/** What git may hold at the top of the repository. */
const TOP_LEVEL: ReadonlySet<string> = new Set([
  'src',
  'datasets',
  'results',
  'test',
  'docs',
  'bench',
  'examples',
  'findings',
  '.ci',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'biome.json',
  '.oxlintrc.json',
  '.npmrc',
  '.gitignore',
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'LICENSE',
  'action.yml',
]);

/** Home folders and the shapes of well-known keys. */
const LEAKS: readonly RegExp[] = [
  /(?<![\w.-])\/(?:home|Users)\/[a-z][\w.-]*/i,
  /(?<![\w.-])\/root\//,
  /\b[A-Z]:\\+Users\\+\w/,
  /\bsk-(?:\w+-)*\w{32,}/,
  /\bgh[pousr]_[A-Za-z0-9]{36}/,
  /\bnpm_[A-Za-z0-9]{36}/,
  /\bAIza[\w-]{35}/,
  /\bAKIA[0-9A-Z]{16}\b/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
];

/** Imports in src that the layer table does not allow. */
export function layerViolations(sources: Tree): string[] {
  return [...sources].flatMap(([path, text]) => {
    const layer = layerOf(path);
    const allowed = LAYERS.get(layer);
    if (allowed === undefined) return [`${path}: ${layer} has no place in the layer table`];
    return targetsOf(path, text).flatMap((target) => {
      if (target.kind !== 'file') return foreignViolation(path, layer, target);
      const to = layerOf(target.path);
      if (!sources.has(target.path)) return [`${path}: imports ${target.path}, which is not a source file`];
      return to === layer || allowed.includes(to) ? [] : [`${path}: ${layer} may not import ${target.path}`];
    });
  });
}

function foreignViolation(path: string, layer: string, target: { kind: string; name: string }): string[] {
  const pure = layer === 'core' && target.name !== 'node:crypto';
  return pure ? [`${path}: ${layer} may not import ${target.name}`] : [];
}

/** Rooms inside a folder of src in order: each imports only those before it. */
const ROOMS: ReadonlyMap<string, readonly string[]> = new Map([
  ['core', ['stats', 'paired', 'analysis', 'compare']],
  [
    'app',
    [
      'config',
      'trust',
      'scoring',
      'plan',
      'endpoints',
      'forecast',
      'page',
      'run',
      'estimate',
      'report',
      'compare',
      'show',
      'watch',
      'import',
      'comment',
      'worker',
    ],
  ],
]);

/** Files of src/app that stand among its rooms, each behind the room named: what use cases take from outside, and tell. */
const BETWEEN_ROOMS: ReadonlyMap<string, string | null> = new Map([
  ['version.ts', null],
  ['events.ts', 'trust'],
  ['environment.ts', 'trust'],
]);

interface Place {
  readonly folder: string;
  /** −1 for files that stand before all rooms, Infinity for those that stand behind them. */
  readonly room: number;
}

function placeOf(path: string): Place {
  const [, folder = '', name = ''] = path.split('/');
  const rooms = ROOMS.get(folder) ?? [];
  const room = rooms.indexOf(name);
  if (room >= 0 || folder !== 'app') return { folder, room };
  const before = BETWEEN_ROOMS.get(name);
  if (before === undefined) return { folder, room: Number.POSITIVE_INFINITY };
  return { folder, room: before === null ? -1 : rooms.indexOf(before) + 1 / 2 };
}

/** Imports that go back up the order of the rooms of src/core and src/app, and rooms of src/app that have no place. */
export function roomViolations(sources: Tree): string[] {
  return [...sources].flatMap(([path, text]) => {
    const own = placeOf(path);
    if (own.folder === 'app' && own.room === Number.POSITIVE_INFINITY) {
      return path.split('/').length > 3 ? [`${path}: its room has no place in the order`] : [];
    }
    if (own.folder === 'core' && own.room < 0) return [];
    return targetsOf(path, text).flatMap((target) => {
      if (target.kind !== 'file') return [];
      const to = placeOf(target.path);
      return to.folder === own.folder && to.room > own.room ? [`${path}: may not import ${target.path}`] : [];
    });
  });
}

/** Files of registry folders that their index.ts does not reach, and such folders without an index.ts. */
export function unregisteredParts(sources: Tree): string[] {
  const edges = fileEdges(sources);
  return REGISTRIES.flatMap((folder) => {
    const own = [...sources.keys()].filter((path) => path.startsWith(`src/${folder}/`));
    const index = `src/${folder}/index.ts`;
    if (own.length > 0 && !sources.has(index)) return [`src/${folder}: has no registry (index.ts)`];
    const reached = reachable(index, edges);
    return own.filter((path) => !reached.has(path)).map((path) => `${path}: not reached from ${index}`);
  });
}

/** Exported declarations without a docstring right before them. */
export function undocumentedExports(sources: Tree): string[] {
  return [...sources].flatMap(([path, text]) =>
    nodesIn(parse(path, text), 'body')
      .filter((statement) => statement.type === 'ExportNamedDeclaration' && nodeIn(statement, 'declaration') !== null)
      .filter((statement) => !/\/\*\*(?:(?!\*\/)[^])*\*\/\s*$/.test(text.slice(0, statement.start)))
      .map((statement) => `${path}: ${text.slice(statement.start).split('\n')[0]} has no docstring`),
  );
}

/** Dependencies of a package.json whose version is not one exact version. */
export function looseVersions(packageJson: string): string[] {
  const manifest = objectIn(JSON.parse(packageJson));
  return ['dependencies', 'devDependencies', 'optionalDependencies'].flatMap((section) =>
    Object.entries(objectIn(manifest[section]))
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(String(version)))
      .map(([name, version]) => `${section}: ${name} is ${String(version)}, not one exact version`),
  );
}

/**
 * What keeps a package-lock.json from installing the same bytes everywhere: addresses that tie it to one registry,
 * packages without a checksum, and packages that another one names but that are not locked (`npm ci` refuses those).
 */
export function lockFaults(lock: string): string[] {
  const packages = Object.entries(objectIn(objectIn(JSON.parse(lock))['packages']));
  const locked = new Set(packages.map(([path]) => path.split('node_modules/').at(-1)));
  return packages.flatMap(([path, entry]) => {
    const fields = objectIn(entry);
    const needed = { ...objectIn(fields['dependencies']), ...objectIn(fields['optionalDependencies']) };
    return [
      ...('resolved' in fields ? [`${path}: has a resolved address`] : []),
      ...('integrity' in fields || path === '' ? [] : [`${path}: has no checksum`]),
      ...Object.keys(needed).flatMap((name) =>
        locked.has(name) ? [] : [`${path}: needs ${name}, which is not locked`],
      ),
    ];
  });
}

/** Top-level entries, of the given paths, that the repository has no place for. */
export function strayEntries(paths: readonly string[]): string[] {
  return [...new Set(paths.map((path) => path.split('/')[0] ?? path))].filter((entry) => !TOP_LEVEL.has(entry));
}

/** Lines that name somebody's home folder or hold what looks like a key; says where, never what. */
export function leaks(files: Tree): string[] {
  return [...files].flatMap(([path, text]) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        LEAKS.some((leak) => leak.test(line)) ? [`${path}:${index + 1}: a machine path or a key`] : [],
      ),
  );
}

function fileEdges(sources: Tree): ReadonlyMap<string, readonly string[]> {
  return new Map(
    [...sources].map(([path, text]): [string, string[]] => [
      path,
      targetsOf(path, text).flatMap((target) => (target.kind === 'file' ? [target.path] : [])),
    ]),
  );
}

function reachable(start: string, edges: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const seen = new Set([start]);
  // A set visits what is added to it while it is walked.
  for (const path of seen) for (const next of edges.get(path) ?? []) seen.add(next);
  return seen;
}

function layerOf(path: string): string {
  return path.split('/')[1] ?? path;
}

function objectIn(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
