#!/usr/bin/env bash
# @huggingface/jinja@0.5.11: == finds 1 equal to "1" and no list equal to another, and -1 % 3 is -1.
# Guess: comparisons and arithmetic in templates are Python's, since the package is for chat templates that are written
#   for Python's Jinja (3.1.6 here); or they are JavaScript's throughout.
# What happens: == and != compare numbers, texts, booleans and empty lists as JavaScript's == does, and lists and
#   objects by identity. `tools != []` is true when tools is [], so a header is written for tools that are not there;
#   and `tools == false` is true too. A message is not equal to another with the same content. Division is Python's,
#   -7 // 2 is -4; the remainder of a negative number is not, nor is |int of a text that only begins as a number, nor
#   |unique, which in Jinja takes "a" and "A" for one. No error.
# Whom it hurts: whoever renders chat templates or prompts that branch: the wrong branch is sent, and paid, and the same
#   template tested in Python shows nothing.
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
  "tools": [],
  "empty": "",
  "label": "1",
  "question": { "role": "user", "content": "2 + 2?" },
  "names": ["a", "A", "b"],
  "templates": [
    "{% if tools != [] %}with tools{% else %}no tools{% endif %}",
    "{% if tools == false %}switched off{% else %}none given{% endif %}",
    "{% if empty == false %}switched off{% else %}none given{% endif %}",
    "{% if label == 1 %}number{% else %}text{% endif %}",
    "{% if question == {'role': 'user', 'content': '2 + 2?'} %}the same{% else %}another{% endif %}",
    "{{ -1 % 3 }} and {{ -7 // 2 }}",
    "{{ '12 apples' | int }}",
    "{{ names | unique | join(' ') }}"
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
for template in data.pop("templates"):
    print(template, json.dumps(jinja.from_string(template).render(**data)))
PY
cat >expected <<'TXT'
{% if tools != [] %}with tools{% else %}no tools{% endif %} "with tools"
{% if tools == false %}switched off{% else %}none given{% endif %} "switched off"
{% if empty == false %}switched off{% else %}none given{% endif %} "switched off"
{% if label == 1 %}number{% else %}text{% endif %} "number"
{% if question == {'role': 'user', 'content': '2 + 2?'} %}the same{% else %}another{% endif %} "another"
{{ -1 % 3 }} and {{ -7 // 2 }} "-1 and -4"
{{ '12 apples' | int }} "12"
{{ names | unique | join(' ') }} "a A b"
TXT
cat >expected.python <<'TXT'
{% if tools != [] %}with tools{% else %}no tools{% endif %} "no tools"
{% if tools == false %}switched off{% else %}none given{% endif %} "none given"
{% if empty == false %}switched off{% else %}none given{% endif %} "none given"
{% if label == 1 %}number{% else %}text{% endif %} "text"
{% if question == {'role': 'user', 'content': '2 + 2?'} %}the same{% else %}another{% endif %} "the same"
{{ -1 % 3 }} and {{ -7 // 2 }} "2 and -4"
{{ '12 apples' | int }} "0"
{{ names | unique | join(' ') }} "a b"
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
