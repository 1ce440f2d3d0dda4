#!/usr/bin/env bash
# zod@4.6.7 (checked against ajv@8.20.0): z.fromJSONSchema drops rules without an error and passes what they forbid.
# Guess: the conversion is experimental, and what it cannot do is an error, as `not`, `if` and "dependentRequired" are.
#   So a schema that is taken means what it meant, for the plain keywords "required", "minItems", "enum" at least.
# What happens: rules are dropped wherever Zod looks from another side. "required" counts only for keys that are also in
#   the same object's "properties". Where no "type" stands next to them, "properties", "required" and "minLength" mean
#   nothing. "minItems" and "maxItems" need "items". An "enum" ends the reading of "type", and a $ref that of all around
#   it. A required key with a default may be missing: it is filled in, and the data comes back changed. All of these are
#   valid JSON Schema, as people, generators and models write it. One rule gets too strict: a choice between two
#   required keys in "oneOf". The documentation calls the function experimental and says nothing of this.
# Whom it hurts: whoever keeps schemas of structured answers as JSON and checks answers with Zod. A judge's score of 7
#   passes a maximum of 1, a verdict that was left out is "yes", and a model looks better than it is.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund zod@4.6.7 ajv@8.20.0
cat >try.mjs <<'JS'
import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';

const ajv = new Ajv2020({ strict: false });
const number = { type: 'number' };
const verdict = { type: 'object', properties: { score: number }, required: ['score'] };

function zodSays(schema, value) {
  let converted;
  try {
    converted = z.fromJSONSchema(schema);
  } catch (error) {
    return `error: ${error.message}`;
  }
  const { success, data } = converted.safeParse(value);
  return success ? `valid, as ${JSON.stringify(data)}` : 'invalid';
}
function check(title, schema, value) {
  const expected = ajv.compile(schema)(value) ? 'valid' : 'invalid';
  console.log(`${title}\n  ${JSON.stringify(value)} is ${expected}; zod: ${zodSays(schema, value)}`);
}

console.log('rules that hold, or are an error');
check('required, among the properties', verdict, {});
check('dependentRequired', { type: 'object', dependentRequired: { score: ['why'] } }, { score: 1 });
console.log('rules that are dropped');
check('required, not among the properties', { type: 'object', properties: { why: {} }, required: ['score'] }, {});
check('properties without a type', { properties: { score: { ...number, maximum: 1 } } }, { score: 7 });
check('allOf, the second part without a type', { allOf: [verdict, { required: ['why'] }] }, { score: 1 });
check('anyOf of required keys', { ...verdict, anyOf: [{ required: ['why'] }, { required: ['proof'] }] }, { score: 1 });
check('minItems without items', { type: 'array', minItems: 1 }, []);
check('maxItems without items', { type: 'array', maxItems: 2 }, [1, 2, 3]);
check('a type and an enum', { type: 'string', enum: ['1', 1] }, 1);
check('a rule next to $ref', { $defs: { id: { type: 'string' } }, $ref: '#/$defs/id', minLength: 3 }, 'a');
const choice = { type: 'string', enum: ['yes', 'no'], default: 'yes' };
check('required, with a default', { type: 'object', properties: { pass: choice }, required: ['pass'] }, {});
console.log('a rule that is too strict');
const one = [{ required: ['score'] }, { required: ['grade'] }];
check('oneOf of required keys', { type: 'object', properties: { score: number, grade: {} }, oneOf: one }, { score: 1 });
JS
cat >expected <<'TXT'
rules that hold, or are an error
required, among the properties
  {} is invalid; zod: invalid
dependentRequired
  {"score":1} is invalid; zod: error: dependentSchemas and dependentRequired are not supported
rules that are dropped
required, not among the properties
  {} is invalid; zod: valid, as {}
properties without a type
  {"score":7} is invalid; zod: valid, as {"score":7}
allOf, the second part without a type
  {"score":1} is invalid; zod: valid, as {"score":1}
anyOf of required keys
  {"score":1} is invalid; zod: valid, as {"score":1}
minItems without items
  [] is invalid; zod: valid, as []
maxItems without items
  [1,2,3] is invalid; zod: valid, as [1,2,3]
a type and an enum
  1 is invalid; zod: valid, as 1
a rule next to $ref
  "a" is invalid; zod: valid, as "a"
required, with a default
  {} is invalid; zod: valid, as {"pass":"yes"}
a rule that is too strict
oneOf of required keys
  {"score":1} is valid; zod: invalid
TXT
node try.mjs | tee seen
diff expected seen
