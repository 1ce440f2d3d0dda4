#!/usr/bin/env bash
# jsonrepair@3.15.0: a repair that succeeds may have changed what a model said.
# Guess: JSON that models write almost (single quotes, words of Python) comes out with the same texts and values, or as an
#   error.
# What happens: an apostrophe within single quotes becomes a double quote in the text itself; True is the value true, but
#   TRUE and NaN become texts, so that a switch {"pass": FALSE} turns into a text that any language takes for true; a list
#   that lacks its end swallows the key behind it, and the score is gone.
# Whom it hurts: whoever repairs verdicts of judge models or extracted fields before comparing them: no error says that
#   "isn't" was compared as 'isn"t', or that the failed check passed.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jsonrepair@3.15.0
cat >try.mjs <<'JS'
import { jsonrepair } from 'jsonrepair';

for (const text of [
  "{'reason': 'the answer isn't right', 'score': 0}",
  '{"pass": False}',
  '{"pass": FALSE}',
  '{"score": NaN}',
  '{"missing": ["date", "price", "score": 0}',
]) {
  console.log(`${text} -> ${jsonrepair(text)}`);
}
JS
cat >expected <<'TXT'
{'reason': 'the answer isn't right', 'score': 0} -> {"reason": "the answer isn\"t right", "score": 0}
{"pass": False} -> {"pass": false}
{"pass": FALSE} -> {"pass": "FALSE"}
{"score": NaN} -> {"score": "NaN"}
{"missing": ["date", "price", "score": 0} -> {"missing": ["date", "price", "score",": 0"]}
TXT
node try.mjs | tee seen
diff expected seen
