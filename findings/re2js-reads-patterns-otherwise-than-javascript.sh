#!/usr/bin/env bash
# re2js@2.10.0: a pattern that both engines take captures other text, or fails, on the same answer.
# Guess: RE2 lacks lookarounds and backreferences and says so with an error; what it compiles means what it means in
#   JavaScript.
# What happens: three things differ without a word. A group that took no part in the last round of a repetition keeps
#   its text of an earlier round; JavaScript empties it. \s is the five ASCII blanks: not the no-break space between a
#   number and its unit, nor the narrow one. "." takes a carriage return, so that (.*) at the end of a line of CRLF text
#   holds it.
# Whom it hurts: whoever moves extraction patterns from RegExp to RE2 for its linear time: the last score of a list is
#   read as an earlier one where the last was "n/a"; "12 kg" with a no-break space no longer matches.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund re2js@2.10.0
cat >try.mjs <<'JS'
import { RE2JS } from 're2js';

const byRe2 = (pattern, text) => {
  const matcher = RE2JS.compile(pattern).matcher(text);
  return matcher.find() ? Array.from({ length: matcher.groupCount() + 1 }, (_, group) => matcher.group(group)) : null;
};
const escape = (sign) => `\\u${sign.codePointAt(0).toString(16).padStart(4, '0')}`;
const show = (groups) =>
  JSON.stringify(groups && [...groups].map((group) => group ?? null)).replace(/[^ -~]/gu, escape);
for (const [pattern, text] of [
  ['(?:(\\d+)|n/a)$', 'n/a'],
  ['(?:(?:score (\\d+)|n/a)(?:; |$))+', 'score 7; n/a'],
  ['(?:(yes)|(no)|,)+', 'yes,no'],
  ['(\\d+)\\s?kg', '12 kg'],
  ['(\\d+)\\s?kg', '12\u00a0kg'],
  ['(\\d+)\\s?kg', '12\u202fkg'],
  ['^answer: (.*)', 'answer: 4\r\nbecause'],
  ['^answer: (.*)', 'answer: 4\nbecause'],
]) {
  const [own, re2] = [new RegExp(pattern).exec(text), byRe2(pattern, text)];
  console.log(`${pattern} on ${show([text])}: JavaScript ${show(own)}, re2js ${show(re2)}`);
}
JS
cat >expected <<'TXT'
(?:(\d+)|n/a)$ on ["n/a"]: JavaScript ["n/a",null], re2js ["n/a",null]
(?:(?:score (\d+)|n/a)(?:; |$))+ on ["score 7; n/a"]: JavaScript ["score 7; n/a",null], re2js ["score 7; n/a","7"]
(?:(yes)|(no)|,)+ on ["yes,no"]: JavaScript ["yes,no",null,"no"], re2js ["yes,no","yes","no"]
(\d+)\s?kg on ["12 kg"]: JavaScript ["12 kg","12"], re2js ["12 kg","12"]
(\d+)\s?kg on ["12\u00a0kg"]: JavaScript ["12\u00a0kg","12"], re2js null
(\d+)\s?kg on ["12\u202fkg"]: JavaScript ["12\u202fkg","12"], re2js null
^answer: (.*) on ["answer: 4\r\nbecause"]: JavaScript ["answer: 4","4"], re2js ["answer: 4\r","4\r"]
^answer: (.*) on ["answer: 4\nbecause"]: JavaScript ["answer: 4","4"], re2js ["answer: 4","4"]
TXT
node try.mjs | tee seen
diff expected seen
