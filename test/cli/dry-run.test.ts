import { describe, expect } from 'vitest';
import { it } from '../support/in-process.ts';

const RUN = ['run', 'rows.csv', '-m', 'gpt-4o', '--out', 'run'];
const MISSING = 'no key for gptunnel: the environment variable GPTUNNEL_API_KEY is not set';

describe.concurrent('run --dry-run', () => {
  it('needs no key, and says that the run does', async ({ desk }) => {
    await desk.write('rows.csv', 'id,prompt\na,Say hello\n');
    const { stdout, stderr } = await desk.pass([...RUN, '--dry-run']);
    expect(stdout).toContain('nothing was called\n');
    expect(stderr).toBe(`warning: ${MISSING}, and a run needs it\n`);
    const run = await desk.run(RUN);
    expect([run.status, run.stderr]).toEqual([2, expect.stringContaining(`error ${MISSING}\n`)]);
  });

  it('shows the plan that import speaks of, in its folder and without a key', async ({ desk }) => {
    const config = 'prompts: ["Say {{word}}"]\nproviders: [openai:gpt-4o]\ntests: [{vars: {word: hello}}]\n';
    await desk.write('promptfooconfig.yaml', config);
    const { stdout } = await desk.pass(['import', 'promptfooconfig.yaml']);
    expect(stdout).toContain('see the plan with: npx promptgrid run --dry-run\n');
    expect((await desk.pass(['run', '--dry-run'])).stdout).toContain('Say hello');
  });
});
