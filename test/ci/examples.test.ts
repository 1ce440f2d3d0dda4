import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { describe, expect } from 'vitest';
import type { Desk } from '../support/cli.ts';
import { githubServer, gitlabServer } from '../support/forge-server.ts';
import { it } from '../support/in-process.ts';
import {
  bash,
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

const TOKEN = 'ghs_0123456789abcdef0123';

/** GitHub's own tool, as far as the workflow uses it: the artefact is a folder. */
const GH = `
case "$1 $2" in
  'run list') [ -d artefact ] && echo 42; exit 0;;
  'run download') [ "$3 $4 $5 $6" = '42 --name promptgrid-run --dir' ] && mkdir -p "$(dirname "$7")" && cp -r artefact "$7";;
  *) exit 9;;
esac
`;

interface Workflow {
  readonly jobs: { readonly prompts: { readonly steps: readonly Step[] } };
}

interface Pipeline {
  readonly prompts: {
    readonly script: readonly string[];
    readonly after_script: readonly string[];
    readonly artifacts: { readonly reports: { readonly junit: string } };
  };
}

const workflow: Workflow = readYaml('examples/ci/github.yml');
const pipeline: Pipeline = readYaml('examples/ci/gitlab.yml');

interface Job {
  readonly event: 'push' | 'pull_request';
  /** Address of GitHub's API. */
  readonly api?: string;
}

function onGithub(desk: Desk, { event, api = 'http://127.0.0.1:9' }: Job, answers: string): Promise<PipelineEnd> {
  tool(desk, 'gh', GH);
  const env = { INSTALL: installLine(desk), PROMPTGRID_SIMULATE: answers, GITHUB_BASE_REF: 'main' };
  writeFileSync(desk.path('event.json'), JSON.stringify({ pull_request: { number: 7 } }));
  const job = { GITHUB_ACTIONS: 'true', GITHUB_API_URL: api, GITHUB_REPOSITORY: 'acme/shop' };
  const files = { GITHUB_EVENT_PATH: desk.path('event.json'), GITHUB_STEP_SUMMARY: desk.path('summary.md') };
  const expressions = { 'github.event_name': event, 'github.token': TOKEN };
  const steps = workflow.jobs.prompts.steps;
  return runSteps(desk, steps, { env: { ...env, ...job, ...files }, expressions });
}

/** Carries the job out: its script, and whatever became of that, what is to follow. */
async function onGitlab(desk: Desk, answers: string, job: Readonly<Record<string, string>>): ReturnType<typeof bash> {
  const env = { ...job, INSTALL: installLine(desk), BASELINE: 'baselines/support.jsonl', PROMPTGRID_SIMULATE: answers };
  const ended = await bash(desk, pipeline.prompts.script.join('\n'), env);
  const after = await bash(desk, pipeline.prompts.after_script.join('\n'), env);
  return { status: ended.status, log: ended.log + after.log };
}

describe.skipIf(!HAS_BASH)(
  'examples/ci/github.yml, carried out by a shell (needs bash)',
  { timeout: 120_000, concurrent: true },
  () => {
    it('keeps the run of main, and has nothing to compare with at first', async ({ desk }) => {
      project(desk);
      expect((await onGithub(desk, { event: 'push' }, 'good.jsonl')).status).toBe(0);
      expect(textOf(desk, 'runs/now/results.jsonl')).not.toBe('');
      const first = await onGithub(desk, { event: 'pull_request' }, 'good.jsonl');
      expect(first.log).toContain('main has no run yet');
      expect(first.status).toBe(0);
    });

    it("fails a change that made answers worse than main's, and comments on it once", async ({
      desk,
      onTestFinished,
    }) => {
      project(desk);
      const { api, comments } = await githubServer({ onTestFinished }, { token: TOKEN });
      await onGithub(desk, { event: 'push' }, 'good.jsonl');
      spawnSync('mv', [desk.path('runs/now'), desk.path('artefact')]);
      const { status, log } = await onGithub(desk, { event: 'pull_request', api }, 'bad.jsonl');
      expect(status).toBe(1);
      expect(log).toMatch(/^::error file=datasets\/support\.csv,line=\d+,/m);
      expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('❌ promptgrid: regressed')]);
      expect(textOf(desk, 'report/junit.xml')).toContain('<failure ');
      spawnSync('rm', ['-r', desk.path('runs')]);
      const mended = await onGithub(desk, { event: 'pull_request', api }, 'good.jsonl');
      expect(mended.status).toBe(0);
      expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('✅ promptgrid: unchanged')]);
    });
  },
);

describe.skipIf(!HAS_BASH)(
  'examples/ci/gitlab.yml, carried out by a shell (needs bash)',
  { timeout: 120_000, concurrent: true },
  () => {
    it('compares with a baseline of the repository, fails on a regression and leaves a JUnit file', async ({
      desk,
      onTestFinished,
    }) => {
      project(desk);
      const { api, comments } = await gitlabServer({ onTestFinished }, { token: TOKEN });
      const job = { GITLAB_CI: 'true', CI_API_V4_URL: api, CI_PROJECT_ID: '42', CI_MERGE_REQUEST_IID: '7' };
      const env = { ...job, GITLAB_TOKEN: TOKEN, CI_JOB_URL: 'https://gitlab.example/-/jobs/5' };
      const grid = ['datasets/support.csv', '--model', 'gpt-4o-mini', '--temperature', '0', '--score', 'exact'];
      await desk.pass(['run', ...grid, '--simulate', 'good.jsonl', '--out', 'main']);
      await desk.pass(['baseline', 'save', 'main', 'baselines/support.jsonl']);
      const worse = await onGitlab(desk, 'bad.jsonl', env);
      expect(worse.status).toBe(1);
      expect(worse.log).toContain('significantly worse (p ');
      expect(textOf(desk, pipeline.prompts.artifacts.reports.junit)).toContain('<failure ');
      expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('❌ promptgrid: regressed')]);
      spawnSync('rm', ['-r', desk.path('runs')]);
      const same = await onGitlab(desk, 'good.jsonl', env);
      expect(same.log).toContain('gate fail-on regression: passed');
      expect(same.status).toBe(0);
      expect(comments.map(({ body }) => body)).toEqual([expect.stringContaining('✅ promptgrid: unchanged')]);
    });
  },
);
