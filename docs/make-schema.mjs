/* oxlint-disable typescript/no-unsafe-call -- outside of the TypeScript project calls have no types */
// Writes docs/promptgrid.schema.json, by which editors check and complete promptgrid.yaml: npm run schema
import { writeFileSync } from 'node:fs';
import { configJsonSchema } from '../dist/modules/app/config/schema.js';

const target = new URL('promptgrid.schema.json', import.meta.url);
writeFileSync(target, `${JSON.stringify(configJsonSchema(), null, 2)}\n`);
