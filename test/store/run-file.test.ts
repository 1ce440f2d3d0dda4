import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { FORMAT_VERSION, parseRunFile } from '../../src/store/run-file.ts';
import { findRun, readRun } from '../../src/store/run-folder.ts';

const RUN: JsonObject = {
  formatVersion: FORMAT_VERSION,
  promptgridVersion: '1.2.3',
  state: 'stopped',
  stoppedBecause: 'the budget is used up',
  simulated: true,
  createdAt: '2026-01-02T03:04:05.000Z',
  identity: {
    dataset: 'rows.csv',
    prompts: [{ name: 'a', template: 'Hi' }, { name: 'b' }],
    models: ['openrouter/openai/gpt-4o', 'gptunnel/echo'],
    temperatures: [null, 0.5],
    repeat: 3,
    params: { top_p: 1 },
  },
  dataset: { path: 'data/rows.csv', sha256: 'ab' },
  settings: {
    scorers: ['exact', { type: 'numeric', threshold: 0.5 }, { type: 'judge', name: 'tone', threshold: 0.7 }],
    expectedColumn: 'answer',
    cluster: 'document',
    keepThoughts: true,
  },
  trials: 24,
  totals: { completed: 5, errored: 2, skipped: 1 },
  journal: { lines: 8, bytes: 900 },
  results: {
    'results.csv': { bytes: 12, checksum: 'crc32:0a1b2c3d' },
    // As earlier versions recorded it.
    'results.jsonl': { bytes: 34, sha256: 'cd' },
    'results.odd': { bytes: 'many' },
  },
  ofTomorrow: { kept: true },
};

function parse(change: JsonObject = {}): ReturnType<typeof parseRunFile> {
  return parseRunFile(JSON.stringify({ ...RUN, ...change }), 'run');
}

describe('a run.json', () => {
  it('is read into everything that readers of a run need', () => {
    expect(parse()).toMatchObject({
      folder: 'run',
      state: 'stopped',
      stoppedBecause: 'the budget is used up',
      simulated: true,
      dataset: { name: 'rows.csv', path: 'data/rows.csv', sha256: 'ab' },
      prompts: [
        { name: 'a', template: 'Hi' },
        { name: 'b', template: null },
      ],
      params: { top_p: 1 },
      repeat: 3,
      trials: 24,
      done: 8,
      journal: { lines: 8, bytes: 900 },
      results: {
        'results.csv': { bytes: 12, checksum: 'crc32:0a1b2c3d' },
        'results.jsonl': { bytes: 34, checksum: 'sha256:cd' },
      },
    });
  });

  it('names the variants in plan order, and a model without its provider', () => {
    const [openai, echo] = [
      { provider: 'openrouter', model: 'openai/gpt-4o' },
      { provider: 'gptunnel', model: 'echo' },
    ];
    expect(parse().variants).toEqual(
      ['a', 'b'].flatMap((name) =>
        [openai, echo].flatMap((model) =>
          [null, 0.5].map((temperature) => ({ prompt: { name }, model, temperature, params: { top_p: 1 } })),
        ),
      ),
    );
  });

  it('returns the settings for reading results, and scorers as requested', () => {
    const { settings } = parse();
    expect(settings).toMatchObject({ expectedColumn: 'answer', clusterColumn: 'document', keepThoughts: true });
    expect(settings.scorers).toHaveLength(3);
  });

  it('is still a run if it does not contain them', () => {
    const { settings, variants, trials, done, journal, state } = parseRunFile(
      '{"formatVersion": 1, "createdAt": "", "identity": {}}',
      'run',
    );
    expect(settings).toMatchObject({ scorers: [], expectedColumn: null, clusterColumn: null, keepThoughts: false });
    expect({ variants, trials, done, journal, state }).toEqual({
      variants: [],
      trials: 0,
      done: 0,
      journal: null,
      state: 'in an unknown state',
    });
  });

  it('keeps unknown keys for rewriting the file', () => {
    expect(parse().document['ofTomorrow']).toEqual({ kept: true });
  });

  it('of format 1 says nothing about its result files', () => {
    expect(parse({ formatVersion: 1 }).results).toBeNull();
  });

  it('of a later version is rejected as such, whatever its content', () => {
    expect(() => parseRunFile('{"formatVersion": 99, "promptgridVersion": "7.8.9"}', 'run')).toThrow(
      'run: has format 99, written by promptgrid 7.8.9',
    );
  });

  it.each(['{"formatVersion":', '[]', '{"formatVersion": 2, "createdAt": ""}', '{"formatVersion": 0.5}'])(
    'is damaged as %s',
    (text) => {
      expect(() => parseRunFile(text, 'run')).toThrow('run: run.json is damaged');
    },
  );
});

describe('the run in a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promptgrid-run-file-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is null if there is none, and an error if one is required', async () => {
    expect(await findRun(join(folder, 'nowhere'))).toBeNull();
    await expect(readRun(folder)).rejects.toThrow(`${folder}: holds no run`);
  });

  it('is described by its run.json', async () => {
    await writeFile(join(folder, 'run.json'), JSON.stringify(RUN));
    expect(await readRun(folder)).toMatchObject({ folder, trials: 24 });
    expect(await findRun(folder)).toEqual(await readRun(folder));
  });

  it('is rejected if there are results without a run.json', async () => {
    await writeFile(join(folder, 'results.csv'), 'trial_id\n');
    await expect(findRun(folder)).rejects.toThrow('has a results.csv but no run.json');
  });
});
