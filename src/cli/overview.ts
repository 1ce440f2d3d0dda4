import type { CommandModule } from 'yargs';

/** Flags that every command has, as yargs takes them. */
export const COMMON_OPTIONS = {
  json: { type: 'boolean', describe: 'print one JSON document on stdout' },
  quiet: {
    type: 'boolean',
    describe: 'print nothing but errors, why the exit status is not 0, and what --json asks for',
  },
} as const;

const STANDARD_OPTIONS: readonly (readonly [string, string])[] = [
  ['help', 'show this, or after a command its flags'],
  ['version', 'show the version'],
];

const EXAMPLES: readonly string[] = [
  'promptgrid run rows.csv --model gpt-4o,gpt-4o-mini --temperature 0,0.7 --prompt "Translate: {{ text }}"',
  'promptgrid run rows.csv --model gpt-4o --score exact --simulate     (no key, no network)',
];

/** True where a command line asks for the overview, which needs no parser: loading one costs more than all the rest. */
export function asksForOverview(words: readonly string[]): boolean {
  return words.length === 0 || (words.length === 1 && (words[0] === '--help' || words[0] === 'help'));
}

/** What there is to do, made from the registry of commands. */
export function renderOverview(commands: readonly CommandModule<object, object>[]): string {
  const named = commands.map(({ command, describe }) => [`promptgrid ${String(command)}`, String(describe)] as const);
  const common = Object.entries(COMMON_OPTIONS).map(([name, { describe }]) => [`--${name}`, describe] as const);
  const options = [...common, ...STANDARD_OPTIONS.map(([name, describe]) => [`--${name}`, describe] as const)];
  return [
    'promptgrid: every prompt row against every model and temperature; answers, tokens, cost and scores in files',
    '',
    ...table('Commands', named),
    '',
    ...table('Options of every command', options),
    '',
    'Examples:',
    ...EXAMPLES.map((example) => `  ${example}`),
    '',
    'promptgrid run --help lists the flags of a command.',
  ].join('\n');
}

function table(title: string, lines: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...lines.map(([name]) => name.length));
  return [`${title}:`, ...lines.map(([name, describe]) => `  ${name.padEnd(width)}  ${describe}`)];
}
