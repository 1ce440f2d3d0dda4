import { describe, expect, it } from 'vitest';
import { keepLabels, labelsCsv, readLabels, withLabel } from '../../../src/page/data/labels.ts';

class Store {
  readonly #values = new Map<string, string>();
  getItem(key: string): string | null {
    return this.#values.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.#values.set(key, value);
  }
}

describe('labels', () => {
  it('are kept for each run by itself', () => {
    const store = new Store();
    const labels = withLabel(withLabel(new Map(), 't1', { mark: 'bad' }), 't1', { note: 'off topic' });
    keepLabels(store, 'one', labels);
    expect(readLabels(store, 'one')).toEqual(new Map([['t1', { mark: 'bad', note: 'off topic' }]]));
    expect(readLabels(store, 'other')).toEqual(new Map());
  });

  it('are gone once mark and note are taken back', () => {
    const labels = withLabel(new Map([['t1', { mark: 'good', note: '' }]]), 't1', { mark: '' });
    expect(labels.size).toBe(0);
  });

  it.each(['{', 'null', '[1, ["t", 2, 3]]', '"x"'])('are none in a storage that holds %s', (text) => {
    const store = new Store();
    store.setItem('promptgrid labels of run', text);
    expect(readLabels(store, 'run')).toEqual(new Map());
  });

  it('are lost quietly by a storage that refuses, as a private window has', () => {
    const refusing = {
      getItem: () => null,
      setItem: () => {
        throw new Error('the storage is full');
      },
    };
    expect(() => keepLabels(refusing, 'run', new Map())).not.toThrow();
    expect(() => keepLabels(null, 'run', new Map())).not.toThrow();
  });

  it('are CSV with a header, quoted where needed and harmless in a spreadsheet', () => {
    const labels = new Map([
      ['t1', { mark: 'good', note: 'a, "b"\nc' }],
      ['t2', { mark: 'bad', note: '=HYPERLINK("x")' }],
      ['t3', { mark: 'bad', note: "'-5' is -5" }],
    ] as const);
    expect(labelsCsv(labels)).toBe(
      'trial_id,label,note\r\nt1,good,"a, ""b""\nc"\r\nt2,bad,"\'=HYPERLINK(""x"")"\r\nt3,bad,\'\'-5\' is -5\r\n',
    );
  });
});
