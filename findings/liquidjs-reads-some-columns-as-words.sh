#!/usr/bin/env bash
# liquidjs@10.30.1: with strictVariables, {{ contains }} renders "false" and {{ empty }} renders nothing, whatever the data.
# Guess: a variable of the data wins over a word of the language, or strictVariables reports what cannot be read.
# What happens: operators and literals are read before variables wherever a value is expected. "empty", "blank", "nil" and
#   "null" print nothing, "contains", "and" and "or" print "false", "true" and "false" print themselves. Names of tags
#   ("if", "for") and filters ("size", "first") are read from the data. No error, no warning.
# Whom it hurts: templates over tables whose columns other people named: a survey with a column "contains" or "blank" sends
#   prompts without the text, and pays for the answers.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund liquidjs@10.30.1
cat >try.mjs <<'JS'
import { Liquid } from 'liquidjs';

const engine = new Liquid({ strictVariables: true });
for (const column of ['text', 'empty', 'blank', 'nil', 'null', 'contains', 'and', 'or', 'true', 'if', 'size']) {
  const rendered = await engine.parseAndRender(`{{ ${column} }}`, { [column]: 'VALUE' });
  console.log(`{{ ${column} }} -> ${JSON.stringify(rendered)}`);
}
JS
cat >expected <<'TXT'
{{ text }} -> "VALUE"
{{ empty }} -> ""
{{ blank }} -> ""
{{ nil }} -> ""
{{ null }} -> ""
{{ contains }} -> "false"
{{ and }} -> "false"
{{ or }} -> "false"
{{ true }} -> "true"
{{ if }} -> "VALUE"
{{ size }} -> "VALUE"
TXT
node try.mjs | tee seen
diff expected seen
