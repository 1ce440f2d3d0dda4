import { expect, it } from 'vitest';
import { configJsonSchema } from '../../src/app/config/schema.ts';
import { readPage } from './markdown.ts';

it('docs/promptgrid.schema.json is what the settings are checked by (npm run schema writes it)', () => {
  expect(JSON.parse(readPage('docs/promptgrid.schema.json'))).toEqual(configJsonSchema());
});
