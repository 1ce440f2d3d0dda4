import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { githubServer } from '../support/forge-server.ts';
import { it } from '../support/in-process.ts';
import { parseObject } from '../support/results.ts';
import {
  evaluate,
  installLine,
  type PipelineEnd,
  project,
  readYaml,
  runSteps,
  type Step,
  textOf,
  tool,
} from './pipeline.ts';

const HAS_BASH = spawnSync('bash', ['--version']).status === 0;

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const action: Action = readYaml('action.yml');

/** Carries the action out with these inputs, and defaults for the others. */
function carryOut(
  desk: Desk,
  inputs: Readonly<Record<string, string>>,
  answers: string,
  job: Readonly<Record<string, string>> = {},
): Promise<PipelineEnd> {
  const all = { token: '', ...inputs, install: installLine(desk) };
  const given = Object.entries(action.inputs).map(([name, input]) => {
    const value = Object.hasOwn(all, name) ? (all as Readonly<Record<string, string>>)[name] : input.default;
    if (value === undefined) throw new Error(`the input ${name} has no value`);
    return [`inputs.${name}`, value];
  });
  const env = { PROMPTGRID_SIMULATE: answers, GITHUB_STEP_SUMMARY: desk.path('summary.md'), ...job };
  return runSteps(desk, action.runs.steps, { env, expressions: Object.fromEntries(given) });
}

const INPUTS = { dataset: 'datasets/support.csv', 'run-args': "--model gpt-4o --temperature 0 --score 'exact'" };

describe.skipIf(!HAS_BASH)(
  'action.yml, carried out by a shell (needs bash)',
  { timeout: 120_000, concurrent: true },
  () => {
    it('runs, compares with a run of before, and fails the build on a regression', async ({ desk }) => {
      project(desk);
      const first = await carryOut(desk, { ...INPUTS, out: 'base' }, 'good.jsonl');
      expect(first).toMatchObject({ status: 0, outputs: { compare: { status: '0' } } });
      expect(first.log).toContain('there is nothing to compare with yet');

      const worse = await carryOut(desk, { ...INPUTS, base: 'base', 'compare-args': '--margin 3' }, 'bad.jsonl');
      expect(worse.status).toBe(1);
      const told = { verdict: 'regressed', status: '1', comment: 'promptgrid-report/comment.md' };
      expect(worse.outputs['compare']).toEqual(told);
      expect(worse.log).toMatch(/^::error .*regressed/m);
      expect(textOf(desk, 'promptgrid-report/comment.md')).toContain('❌ promptgrid: regressed');
      expect(textOf(desk, 'promptgrid-report/junit.xml')).toContain('<failure ');
      expect(textOf(desk, 'summary.md')).toContain('❌ promptgrid: regressed');
      expect(parseObject(textOf(desk, 'promptgrid-report/compare.json'))).toMatchObject({ margin: 0.03 });

      const same = await carryOut(desk, { ...INPUTS, base: 'base', out: 'again' }, 'good.jsonl');
      expect(same).toMatchObject({ status: 0, outputs: { compare: { verdict: 'unchanged', status: '0' } } });
    });

    it('posts its verdict as one comment, which the next run updates', async ({ desk, onTestFinished }) => {
      project(desk);
      const forge = await githubServer({ onTestFinished }, { token: 'ghs_writes', readOnlyToken: 'ghs_reads' });
      writeFileSync(desk.path('event.json'), JSON.stringify({ pull_request: { number: 7 } }));
      const job = {
        GITHUB_ACTIONS: 'true',
        GITHUB_API_URL: forge.api,
        GITHUB_REPOSITORY: 'acme/shop',
        GITHUB_EVENT_PATH: desk.path('event.json'),
        GITHUB_SERVER_URL: 'https://github.example',
        GITHUB_RUN_ID: '99',
      };
      await carryOut(desk, { ...INPUTS, out: 'base' }, 'good.jsonl', job);
      const inputs = { ...INPUTS, base: 'base', token: 'ghs_writes' };
      expect(await carryOut(desk, inputs, 'bad.jsonl', job)).toMatchObject({ status: 1 });
      const [comment, ...others] = forge.comments;
      expect(comment?.body).toMatch(/^<!-- promptgrid:compare -->\n## ❌ promptgrid: regressed/);
      expect(comment?.body).toContain('(<https://github.example/acme/shop/actions/runs/99>)');
      expect(comment?.body.match(/🔻/g)).toHaveLength(3);
      expect(others).toEqual([]);
      await carryOut(desk, { ...inputs, out: 'again' }, 'good.jsonl', job);
      expect(forge.comments.map(({ body }) => body)).toEqual([expect.stringContaining('✅ promptgrid: unchanged')]);
      const fork = await carryOut(desk, { ...inputs, token: 'ghs_reads', out: 'fork' }, 'bad.jsonl', job);
      expect(fork.status).toBe(1);
      expect(fork.log).toContain('no comment: the token may not comment');
      const broken = { ...job, GITHUB_REPOSITORY: 'acme/other' };
      const unposted = await carryOut(desk, { ...inputs, out: 'once-more' }, 'good.jsonl', broken);
      expect(unposted.status).toBe(0);
      expect(unposted.log).toMatch(/^::warning title=promptgrid::the report could not be posted/m);
      expect(forge.comments).toHaveLength(1);
    });

    it('fails where the run cannot be made, and where the comparison cannot stand', async ({ desk }) => {
      project(desk);
      const refused = await carryOut(desk, { ...INPUTS, dataset: 'gone.csv' }, 'good.jsonl');
      expect(refused.status).toBe(2);
      expect(refused.log).toContain('gone.csv');
      expect((await carryOut(desk, { ...INPUTS, out: 'base' }, 'good.jsonl')).status).toBe(0);
      const other = { ...INPUTS, dataset: 'datasets/support.csv', base: 'base', 'compare-args': '--map gpt-4o=none' };
      expect(await carryOut(desk, other, 'good.jsonl')).toMatchObject({
        status: 2,
        outputs: { compare: { verdict: '' } },
      });
    });

    it('installs the package of its own checkout, and nothing by a name', async ({ desk }) => {
      const log = desk.path('npm.log');
      tool(desk, 'npm', `echo "$PWD: $*" >> '${log}'\n[ "$1" != pack ] || echo promptgrid-1.2.3.tgz\n`);
      const folder = desk.path('action');
      mkdirSync(folder);
      const env = { GITHUB_ACTION_PATH: folder, RUNNER_TEMP: '/runner' };
      const [install] = action.runs.steps;
      if (install === undefined) throw new Error('the action has no steps');
      const { status } = await runSteps(desk, [install], { env, expressions: { 'inputs.install': '' } });
      expect(status).toBe(0);
      expect(textOf(desk, 'npm.log').trim().split('\n')).toEqual([
        `${folder}: ci`,
        `${folder}: pack --silent --pack-destination /runner`,
        `${folder}: install --global /runner/promptgrid-1.2.3.tgz`,
      ]);
    });

    it('takes no input for a part of its scripts', async ({ desk }) => {
      project(desk);
      const inputs = { ...INPUTS, 'run-args': `${INPUTS['run-args']} --prompt '$(touch owned); {{ prompt }}'` };
      expect((await carryOut(desk, inputs, 'good.jsonl')).status).toBe(0);
      expect(textOf(desk, 'promptgrid-run/run.json')).toContain('$(touch owned)');
      expect(spawnSync('ls', [desk.path('owned')]).status).not.toBe(0);
      for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
    });

    it('has outputs that its steps give', () => {
      const expressions = {
        'steps.compare.outputs.verdict': 'v',
        'steps.compare.outputs.status': 's',
        'steps.compare.outputs.comment': 'c',
      };
      expect(Object.values(action.outputs).map(({ value }) => evaluate(value, expressions))).toEqual(['v', 's', 'c']);
      expect(action.runs.using).toBe('composite');
    });
  },
);
