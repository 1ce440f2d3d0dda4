import { expect, it } from 'vitest';
import { JournalFacts } from '../../src/store/journal-facts.ts';

const TRIAL = { id: 't1', variant: { index: 0 }, cells: {} };
const LOST = 'no-such-folder/journal.jsonl';

it('needs the journal of a run begun without labels to know which of two providers answered', async () => {
  const variants = ['openai', 'gptunnel'].map((provider) => {
    return { prompt: { name: 'p1' }, model: { provider, model: 'gpt-4o' }, temperature: 0, params: {} };
  });
  await expect(new JournalFacts(LOST, variants).placeOf(TRIAL)).rejects.toThrow(
    /does not say which provider answered trial t1$/,
  );
  const labelled = variants.map((variant) => ({ ...variant, label: `${variant.model.provider}/gpt-4o` }));
  expect(await new JournalFacts(LOST, labelled).placeOf(TRIAL)).toBe(0);
});
