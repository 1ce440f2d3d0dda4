import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { layerViolations } from '../support/house.ts';
import { ROOT, readPage, section, tableRows } from './markdown.ts';

const page = readPage('ARCHITECTURE.md');

interface Layer {
  readonly name: string;
  readonly mayImport: readonly string[];
}

const layers = tableRows(section(page, 'Layers')).map(([name = '', , allowed = '']): Layer => {
  return { name, mayImport: allowed === '–' ? [] : allowed.split(', ') };
});

/** A source file of a layer. */
function fileOf(layer: string): string {
  return layer.endsWith('.ts') ? `src/${layer}` : `src/${layer}/part.ts`;
}

/** Whether the rules let one layer import from another. */
function isEnforced({ name }: Layer, to: string): boolean {
  const [from, target] = [fileOf(name), fileOf(to)];
  const path = name.endsWith('.ts') ? target.replace('src/', './') : target.replace('src/', '../');
  const violations = layerViolations(
    new Map([
      [from, `import '${path}';`],
      [target, ''],
    ]),
  );
  return violations.length === 0;
}

describe('ARCHITECTURE.md and the project', () => {
  it('has a line in the layer table for everything in src', () => {
    expect(layers.map(({ name }) => name).toSorted()).toEqual(readdirSync(join(ROOT, 'src')).toSorted());
  });

  it.each(layers)('says what $name may import as it is enforced', (layer) => {
    const others = layers.map(({ name }) => name).filter((name) => name !== layer.name);
    expect(others.filter((other) => isEnforced(layer, other))).toEqual(
      others.filter((o) => layer.mayImport.includes(o)),
    );
  });

  it.each(['ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/DECISIONS.md'])('names only existing files: %s', (name) => {
    const paths = [...readPage(name).matchAll(/`((?:src|test|docs|\.ci)\/[\w./-]+)`/g)].map(([, path = '']) => path);
    expect(paths.length).toBeGreaterThan(name === 'CONTRIBUTING.md' ? 3 : 30);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  it('names only scripts in package.json', () => {
    const manifest: { scripts: Record<string, string> } = JSON.parse(readPage('package.json'));
    const named = ['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md']
      .flatMap((path) => [...readPage(path).matchAll(/npm run ([\w:]+)/g)])
      .map(([, script = '']) => script);
    expect(named).toContain('schema');
    expect(named.filter((script) => !Object.hasOwn(manifest.scripts, script))).toEqual([]);
  });
});
