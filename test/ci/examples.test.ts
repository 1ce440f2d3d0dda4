import { spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import { type Desk, it } from '../support/cli.ts';
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

/** GitHub's own tool, as far as the workflow uses it: the artefact is a folder, a comment a file. */
const GH = `
case "$1 $2" in
  'run list') [ -d artefact ] && echo 42; exit 0;;
  'run download') [ "$3 $4 $5 $6" = '42 --name promptgrid-run --dir' ] && mkdir -p "$(dirname "$7")" && cp -r artefact "$7";;
  'pr comment') [ "$3 $4" = '7 --body-file' ] && cp "$5" comment-on-7.md;;
  *) exit 9;;
esac
`;

interface Workflow {
  readonly jobs: { readonly prompts: { readonly steps: readonly Step[] } };
}

interface Pipeline {
  readonly prompts: {
    readonly script: readonly string[];
    readonly artifacts: { readonly reports: { readonly junit: string } };
  };
}

const workflow: Workflow = readYaml('examples/ci/github.yml');
const pipeline: Pipeline = readYaml('examples/ci/gitlab.yml');

function onGithub(desk: Desk, event: 'push' | 'pull_request', answers: string): PipelineEnd {
  tool(desk, 'gh', GH);
  const env = { INSTALL: installLine(desk), PROMPTGRID_SIMULATE: answers, GITHUB_BASE_REF: 'main' };
  const expressions = { 'github.event_name': event, 'github.token': 'none', 'github.event.number': '7' };
  const steps = workflow.jobs.prompts.steps;
  return runSteps(desk, steps, { env: { ...env, GITHUB_STEP_SUMMARY: desk.path('summary.md') }, expressions });
}

function onGitlab(desk: Desk, answers: string): ReturnType<typeof bash> {
  const env = { INSTALL: installLine(desk), BASELINE: 'baselines/support.jsonl', PROMPTGRID_SIMULATE: answers };
  return bash(desk, pipeline.prompts.script.join('\n'), env);
}

describe.skipIf(!HAS_BASH)('examples/ci/github.yml, carried out by a shell (needs bash)', { timeout: 120_000 }, () => {
  it('keeps the run of main, and has nothing to compare with at first', ({ desk }) => {
    project(desk);
    expect(onGithub(desk, 'push', 'good.jsonl').status).toBe(0);
    expect(textOf(desk, 'runs/now/results.jsonl')).not.toBe('');
    const first = onGithub(desk, 'pull_request', 'good.jsonl');
    expect(first.log).toContain('main has no run yet');
    expect(first.status).toBe(0);
  });

  it("fails a change that made answers worse than main's, and comments on it", async ({ desk }) => {
    project(desk);
    onGithub(desk, 'push', 'good.jsonl');
    spawnSync('mv', [desk.path('runs/now'), desk.path('artefact')]);
    const { status, log } = onGithub(desk, 'pull_request', 'bad.jsonl');
    expect(status).toBe(1);
    expect(log).toMatch(/^::error file=datasets\/support\.csv,line=\d+,/m);
    expect(textOf(desk, 'comment-on-7.md')).toContain('❌ promptgrid: regressed');
    expect(textOf(desk, 'report/junit.xml')).toContain('<failure ');
  });

  it('passes a change that made nothing worse', ({ desk }) => {
    project(desk);
    onGithub(desk, 'push', 'good.jsonl');
    spawnSync('mv', [desk.path('runs/now'), desk.path('artefact')]);
    expect(onGithub(desk, 'pull_request', 'good.jsonl').status).toBe(0);
    expect(textOf(desk, 'comment-on-7.md')).toContain('✅ promptgrid: unchanged');
  });
});

describe.skipIf(!HAS_BASH)('examples/ci/gitlab.yml, carried out by a shell (needs bash)', { timeout: 120_000 }, () => {
  it('compares with a baseline of the repository, fails on a regression and leaves a JUnit file', async ({ desk }) => {
    project(desk);
    const grid = ['datasets/support.csv', '--model', 'gpt-4o-mini', '--temperature', '0', '--score', 'exact'];
    await desk.pass(['run', ...grid, '--simulate', 'good.jsonl', '--out', 'main']);
    await desk.pass(['baseline', 'save', 'main', 'baselines/support.jsonl']);
    const worse = onGitlab(desk, 'bad.jsonl');
    expect(worse.status).toBe(1);
    expect(worse.log).toContain('significantly worse (p ');
    expect(textOf(desk, pipeline.prompts.artifacts.reports.junit)).toContain('<failure ');
    spawnSync('rm', ['-r', desk.path('runs')]);
    const same = onGitlab(desk, 'good.jsonl');
    expect(same.log).toContain('gate fail-on regression: passed');
    expect(same.status).toBe(0);
  });
});
