import { expect, it } from 'vitest';
import { configJsonSchema } from '../../src/app/config/schema.ts';
import { readPage } from './markdown.ts';

it('docs/promptgrid.schema.json is the schema that checks settings (npm run schema writes it)', () => {
  expect(JSON.parse(readPage('docs/promptgrid.schema.json'))).toEqual(configJsonSchema());
});
