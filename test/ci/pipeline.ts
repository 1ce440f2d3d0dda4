import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { ASK_TEST, runShell } from '../support/asking-shell.ts';
import type { Desk } from '../support/cli.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A step of a workflow or an action, as far as a shell carries it out. */
export interface Step {
  readonly name?: string;
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A YAML file of the repository. */
export function readYaml(path: string): ReturnType<typeof parse> {
  return parse(readFileSync(join(ROOT, path), 'utf8'));
}

/** How a pipeline left, and what its steps said. */
export interface PipelineEnd {
  readonly status: number;
  readonly log: string;
  /** What steps wrote to GITHUB_OUTPUT, by their ids. */
  readonly outputs: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** What stands between `${{` and `}}`, by its text. */
export type Expressions = Readonly<Record<string, string>>;

/**
 * Makes `promptgrid` in a folder of its own stand for the built program, which runs in the process of the test; a step
 * then puts the folder on the path.
 */
export function installLine(desk: Desk): string {
  const bin = desk.path('tools');
  mkdirSync(bin, { recursive: true });
  return `printf '#!/bin/sh\\nexec sh "%s" "$@"\\n' '${ASK_TEST}' > '${bin}/promptgrid' && chmod +x '${bin}/promptgrid'`;
}

/** A project of twelve messages to sort, with answers that are right or wrong. */
export function project(desk: Desk): void {
  mkdirSync(desk.path('datasets'), { recursive: true });
  copyFileSync(join(ROOT, 'datasets', 'support.csv'), desk.path('datasets/support.csv'));
  const good = readFileSync(join(ROOT, 'datasets', 'answers', 'support.jsonl'), 'utf8');
  writeFileSync(desk.path('good.jsonl'), good);
  writeFileSync(desk.path('bad.jsonl'), good.replaceAll(/"output":"[^"]*"/g, '"output":"не знаю"'));
}

/** A program for the steps, in the folder that the installation uses too. */
export function tool(desk: Desk, name: string, script: string): void {
  mkdirSync(desk.path('tools'), { recursive: true });
  writeFileSync(desk.path(`tools/${name}`), `#!/bin/sh\n${script}`);
  chmodSync(desk.path(`tools/${name}`), 0o755);
}

/**
 * Carries steps out as GitHub's runner does: each `run` by bash with -eo pipefail, variables and outputs by files; after
 * a failed step only those with always(). Steps with `uses` are not carried out.
 */
export async function runSteps(
  desk: Desk,
  steps: readonly Step[],
  { env, expressions }: { readonly env: Readonly<Record<string, string>>; readonly expressions: Expressions },
): Promise<PipelineEnd> {
  let [status, log] = [0, ''];
  const outputs: Record<string, Record<string, string>> = {};
  for (const [index, step] of steps.entries()) {
    const known = { ...expressions, ...outputExpressions(outputs) };
    const isAlways = step.if?.includes('always()') === true;
    if (step.run === undefined || (status !== 0 && !isAlways) || !isWanted(step.if, known)) continue;
    const output = desk.path(`output-${index}`);
    writeFileSync(output, '');
    const own = Object.entries(step.env ?? {}).map(([key, value]) => [key, evaluate(value, known)]);
    const ended = await bash(desk, step.run, { ...env, ...Object.fromEntries(own), GITHUB_OUTPUT: output });
    log += ended.log;
    if (status === 0) status = ended.status;
    outputs[step.id ?? String(index)] = readOutputs(output);
  }
  return { status, log, outputs };
}

function outputExpressions(outputs: PipelineEnd['outputs']): Expressions {
  const all = Object.entries(outputs).flatMap(([id, own]) =>
    Object.entries(own).map(([name, value]) => [`steps.${id}.outputs.${name}`, value]),
  );
  return Object.fromEntries(all);
}

function isWanted(condition: string | undefined, expressions: Expressions): boolean {
  const event = /github\.event_name == '(\w+)'/.exec(condition ?? '')?.[1];
  const needed = [...(condition ?? '').matchAll(/(\S+) != ''/g)].map(([, name = '']) => valueOf(name, expressions));
  return (event === undefined || expressions['github.event_name'] === event) && !needed.includes('');
}

/** Outputs that no step gave are empty; other expressions that nobody gave are faults of the test. */
function valueOf(expression: string, expressions: Expressions): string {
  const value = expressions[expression] ?? (expression.startsWith('steps.') ? '' : undefined);
  if (value === undefined) throw new Error(`no value for the expression ${expression}`);
  return value;
}

/** A text with the values of its expressions. */
export function evaluate(text: string, expressions: Expressions): string {
  return text.replaceAll(/\$\{\{\s*(.+?)\s*\}\}/g, (_, expression: string) => valueOf(expression, expressions));
}

function readOutputs(path: string): Record<string, string> {
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

/** How a script ended. */
interface ScriptEnd {
  readonly status: number;
  /** What it wrote to stdout, then what it wrote to stderr. */
  readonly log: string;
}

/** Runs a script as a runner's shell does. */
export async function bash(desk: Desk, script: string, env: Readonly<Record<string, string>>): Promise<ScriptEnd> {
  const file = desk.path('script.sh');
  writeFileSync(file, script);
  const path = `${desk.path('tools')}${delimiter}${process.env['PATH'] ?? ''}`;
  const { status, stdout, stderr } = await runShell(['bash', '--noprofile', '--norc', '-eo', 'pipefail', file], {
    cwd: desk.folder,
    env: { PATH: path, HOME: desk.folder, ...env },
  });
  return { status: status ?? -1, log: `${stdout}${stderr}` };
}

/** The text of a file of the desk; an empty one where there is none. */
export function textOf(desk: Desk, name: string): string {
  return existsSync(desk.path(name)) ? readFileSync(desk.path(name), 'utf8') : '';
}
