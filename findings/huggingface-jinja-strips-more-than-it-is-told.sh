#!/usr/bin/env bash
# @huggingface/jinja@0.5.11: chat templates render other prompts than in Python, without an error.
# Guess: this package exists to render chat templates as transformers does with Python's Jinja (3.1.6 here), so a
#   template that it takes gives the same prompt to the letter. What it does not know is an error, as unknown filters
#   are.
# What happens: strip, lstrip and rstrip take no notice of their argument. .lstrip('\n'), which Qwen3's template calls
#   on answers so as to keep their blanks, removes those too: code loses the indentation of its first line. A prefix
#   that is to be taken off stays. A value that is printed is written as in JSON: true for True, "Rome" for 'Rome', and
#   nothing for None, such as the content of a message that only calls tools.
# Whom it hurts: whoever counts tokens or builds prompts for local models in JavaScript: the model sees another text
#   than it was trained on, and a count of its tokens is that of another prompt than a server in Python sends.
# The lines of Python are checked too where python3 has jinja2, else taken as recorded.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @huggingface/jinja@0.5.11
cat >cases.json <<'JSON'
{
  "messages": [
    { "role": "assistant", "content": "\n    return a + b\n" },
    { "role": "assistant", "content": null },
    { "role": "tool", "content": "json:{\"ok\": true}" }
  ],
  "call": { "name": "weather", "arguments": { "city": "Rome", "metric": true } },
  "templates": [
    "[{{ messages[0].content.strip('\\n') }}]",
    "[{{ messages[0].content.lstrip('\\n') }}]",
    "[{{ messages[2].content.lstrip('json:') }}]",
    "[{{ messages[1].content }}]",
    "[{{ call.arguments }}]",
    "[{{ call.arguments.metric }}]",
    "[{{ ['city', none] | join(',') }}]",
    "[{{ call.arguments | tojson }}]"
  ]
}
JSON
cat >try.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Template } from '@huggingface/jinja';

const { templates, ...data } = JSON.parse(readFileSync('cases.json', 'utf8'));
for (const template of templates) console.log(`${template} ${JSON.stringify(new Template(template).render(data))}`);
JS
cat >reference.py <<'PY'
import json
from jinja2.sandbox import ImmutableSandboxedEnvironment

data = json.load(open("cases.json"))
jinja = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True)
jinja.filters["tojson"] = lambda value: json.dumps(value, ensure_ascii=False)
for template in data.pop("templates"):
    print(template, json.dumps(jinja.from_string(template).render(**data)))
PY
cat >expected <<'TXT'
[{{ messages[0].content.strip('\n') }}] "[return a + b]"
[{{ messages[0].content.lstrip('\n') }}] "[return a + b\n]"
[{{ messages[2].content.lstrip('json:') }}] "[json:{\"ok\": true}]"
[{{ messages[1].content }}] "[]"
[{{ call.arguments }}] "[{\"city\": \"Rome\", \"metric\": true}]"
[{{ call.arguments.metric }}] "[true]"
[{{ ['city', none] | join(',') }}] "[city,]"
[{{ call.arguments | tojson }}] "[{\"city\": \"Rome\", \"metric\": true}]"
TXT
cat >expected.python <<'TXT'
[{{ messages[0].content.strip('\n') }}] "[    return a + b]"
[{{ messages[0].content.lstrip('\n') }}] "[    return a + b\n]"
[{{ messages[2].content.lstrip('json:') }}] "[{\"ok\": true}]"
[{{ messages[1].content }}] "[None]"
[{{ call.arguments }}] "[{'city': 'Rome', 'metric': True}]"
[{{ call.arguments.metric }}] "[True]"
[{{ ['city', none] | join(',') }}] "[city,None]"
[{{ call.arguments | tojson }}] "[{\"city\": \"Rome\", \"metric\": true}]"
TXT
echo 'JavaScript:'
node try.mjs | tee seen
diff expected seen
echo 'Python:'
if python3 -c 'import jinja2' 2>/dev/null; then
  python3 reference.py >seen.python
else
  cp expected.python seen.python
fi
cat seen.python
diff expected.python seen.python
