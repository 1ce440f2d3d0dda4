import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CALL_ERROR_KINDS, isFatal, isRetryable } from '../../src/core/call-error.ts';
import { resultColumns, SPARSE_KEYS } from '../../src/core/columns.ts';
import { Tally } from '../../src/core/totals.ts';
import { providers } from '../../src/providers/index.ts';
import { scorers } from '../../src/scorers/index.ts';
import { resultFormats } from '../../src/store/formats/index.ts';
import { ROOT, readPage, section, tableRows } from './markdown.ts';

const results = readPage('docs/results.md');
const troubleshooting = readPage('docs/troubleshooting.md');

describe('the tables of the docs', () => {
  it('have every provider as it is defined', () => {
    const defined = providers.map(({ name, baseUrl, keyVariable, temperature: { min, max }, auth, currency }) => {
      return [name, baseUrl ?? '--base-url', keyVariable, `${min}–${max}`, auth, currency ?? 'unknown'];
    });
    expect(tableRows(section(readPage('docs/models.md'), 'Providers'))).toEqual(defined);
  });

  it('have every scorer with its meaning', () => {
    expect(tableRows(section(readPage('docs/scores.md'), 'Scorers'))).toEqual(
      scorers.map(({ name, title }) => [name, title]),
    );
  });

  it('have every file of a run folder that has a format', () => {
    const files = tableRows(section(results, 'The run folder')).flatMap(([names = '']) => names.split(', '));
    expect(files).toEqual(expect.arrayContaining(resultFormats.map(({ fileName }) => fileName)));
  });

  it('have every figure of summary.json for the whole run', () => {
    const named = tableRows(section(results, 'summary.json')).flatMap(([names = '']) => names.split(', '));
    const figures = Object.keys(new Tally().totals());
    expect(figures).toContain('calls');
    expect(figures.filter((figure) => !named.includes(figure))).toEqual([]);
  });

  it('have every column of the result files in order, and then the keys that only results.jsonl has', () => {
    const columns = tableRows(section(results, 'Columns')).map(([name = '']) => name);
    const names = ['<scorer>'];
    const wanted = resultColumns({ dataset: ['<column>'], scorers: names, explained: names, asking: names });
    expect(columns.slice(columns.indexOf('trial_id'))).toEqual([...wanted, ...SPARSE_KEYS]);
  });

  it('have every kind of error with its handling', () => {
    const rows = tableRows(section(troubleshooting, 'Errors'));
    expect(rows.map(([kind]) => kind)).toEqual(CALL_ERROR_KINDS);
    const tips = tableRows(section(troubleshooting, 'What to try'));
    expect(tips.map(([kind]) => kind)).toEqual(CALL_ERROR_KINDS);
    const retried = rows.filter(([, , done]) => done === 'retried').map(([kind]) => kind);
    expect(retried).toEqual(CALL_ERROR_KINDS.filter(isRetryable));
    const fatal = rows.filter(([, , done]) => done?.startsWith('stops the run')).map(([kind]) => kind);
    expect(fatal).toEqual(CALL_ERROR_KINDS.filter(isFatal));
  });

  it('have every exit status of a command', () => {
    const files = readdirSync(join(ROOT, 'src'), { recursive: true, encoding: 'utf8' }).filter((f) =>
      f.endsWith('.ts'),
    );
    const codes = files.flatMap((file) => readPage(`src/${file}`).match(/(?<=')E_[A-Z_]+(?=')/g) ?? []);
    const shown = tableRows(section(troubleshooting, 'Commands that end with an error')).map(([code = '']) => code);
    expect(shown).toContain('E_USAGE');
    expect(shown.toSorted()).toEqual([...new Set(codes)].toSorted());
  });

  it('have every flag of the gateway', () => {
    const words = [join(ROOT, 'dist', 'cli', 'main.js'), 'gateway', '--help'];
    const { stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
    const flags = [...stdout.matchAll(/^ +(--[\w-]+)/gm)].map(([, flag = '']) => flag);
    const common = ['--json', '--quiet', '--wide', '--help', '--version'];
    const shown = tableRows(section(readPage('docs/gateway.md'), 'As a server')).flatMap(([names = '']) =>
      names.split(', '),
    );
    expect(shown.toSorted()).toEqual(flags.filter((flag) => !common.includes(flag)).toSorted());
  });
});
