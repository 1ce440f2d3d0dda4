#!/usr/bin/env bash
# autoevals@0.3.0 with schemas of zod@4.6.7: ValidJSON scores every answer 0, valid or not.
# Guess: z.toJSONSchema(...) is what ValidJSON's `schema` wants, and a schema that the scorer cannot read is an error.
# What happens: ValidJSON compiles the schema with ajv's class for draft 7 and without formats. A "$schema" of draft
#   2020-12, which zod writes into each schema, or any "format" (date, email, uuid, ...) makes ajv throw, and the scorer
#   catches that together with the errors of JSON.parse and returns 0. No error field, no message.
# Whom it hurts: whoever reads "0 % valid JSON" as a verdict on the model; comparing models by it shows no difference.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund autoevals@0.3.0 zod@4.6.7
cat >try.mjs <<'JS'
import { ValidJSON } from 'autoevals';
import { z } from 'zod';

const output = { city: 'Paris', day: '2024-05-01' };
const plain = z.object({ city: z.string(), day: z.string() });
const dated = { type: 'object', properties: { day: { type: 'string', format: 'date' } }, required: ['day'] };
for (const [label, schema] of [
  ['zod, as written', z.toJSONSchema(plain)],
  ['zod, target draft-7', z.toJSONSchema(plain, { target: 'draft-7' })],
  ['by hand, with a format', dated],
  ['by hand, without the format', { ...dated, properties: { day: { type: 'string' } } }],
]) {
  const { score, error } = await ValidJSON({ output, schema });
  console.log(`${label}: score ${score}, error ${error}`);
}
console.log(`zod itself: ${plain.safeParse(output).success}`);
JS
cat >expected <<'TXT'
zod, as written: score 0, error undefined
zod, target draft-7: score 1, error undefined
by hand, with a format: score 0, error undefined
by hand, without the format: score 1, error undefined
zod itself: true
TXT
node try.mjs | tee seen
diff expected seen
