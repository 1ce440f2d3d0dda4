#!/usr/bin/env bash
# agentevals@0.0.7: in the modes "subset" and "unordered" a rule for the arguments of tool calls is applied backwards.
# Guess: trajectoryMatchMode says which calls must be there, toolArgsMatchMode when two calls count as the same one:
#   "superset" if the agent's arguments hold at least those of the reference. The two are independent, and a function
#   of one's own gets (outputArgs, referenceArgs), as the documentation names them.
# What happens: to find out whether the calls of the agent are a subset, the package swaps agent and reference and asks
#   for a superset. The arguments are swapped with them. So with "subset" a call that lacks an argument passes, and one
#   that has more than asked for fails, the reverse of what was set. "unordered" asks both ways round, so that
#   "superset", "subset" and functions such as `output.max <= reference.max` demand equal arguments, without a word.
#   With "strict" and "superset", and with "exact" and "ignore", all is as documented.
# Whom it hurts: whoever checks agents that may call tools in any order, or no tools but these, and gave the rule since
#   models add optional arguments: right runs fail, and a call without its limit or its filter is green.
# Runs in a temporary folder, talks to nobody, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund agentevals@0.0.7 @langchain/core@1.4.0 @langchain/openai@1.6.0
cat >try.mjs <<'JS'
import { createTrajectoryMatchEvaluator } from 'agentevals';

const calls = (...list) => [
  { role: 'user', content: 'Book a room.' },
  { role: 'assistant', content: '',
    tool_calls: list.map((args) => ({ function: { name: 'book', arguments: JSON.stringify(args) } })) },
];
const modes = ['strict', 'superset', 'subset', 'unordered'];

async function verdicts(output, reference, options) {
  const row = [];
  for (const trajectoryMatchMode of modes) {
    const evaluate = createTrajectoryMatchEvaluator({ trajectoryMatchMode, ...options });
    const { score } = await evaluate({ outputs: calls(output), referenceOutputs: calls(reference) });
    row.push(`${trajectoryMatchMode} ${score}`);
  }
  return row.join(', ');
}
const asked = { city: 'Oslo', limit: 100 };
const more = { ...asked, currency: 'NOK' };
const less = { city: 'Oslo' };
const superset = { toolArgsMatchMode: 'superset' };
console.log(`superset, the same arguments: ${await verdicts(asked, asked, superset)}`);
console.log(`superset, one more than asked: ${await verdicts(more, asked, superset)}`);
console.log(`superset, without its limit: ${await verdicts(less, asked, superset)}`);

const cheaper = (output, reference) => output.limit <= reference.limit;
const own = { toolArgsMatchOverrides: { book: cheaper } };
console.log(`output.limit <= reference.limit, 80 and 100: ${await verdicts({ limit: 80 }, { limit: 100 }, own)}`);
console.log(`output.limit <= reference.limit, 900 and 100: ${await verdicts({ limit: 900 }, { limit: 100 }, own)}`);

for (const trajectoryMatchMode of modes) {
  const seen = [];
  const spy = (output, reference) => seen.push(`(${output.by}, ${reference.by})`) > 0;
  const toolArgsMatchOverrides = { book: spy };
  const evaluate = createTrajectoryMatchEvaluator({ trajectoryMatchMode, toolArgsMatchOverrides });
  await evaluate({ outputs: calls({ by: 'output' }), referenceOutputs: calls({ by: 'reference' }) });
  console.log(`${trajectoryMatchMode} calls a function with ${seen.join(' and ')}`);
}
JS
cat >expected <<'TXT'
superset, the same arguments: strict true, superset true, subset true, unordered true
superset, one more than asked: strict true, superset true, subset false, unordered false
superset, without its limit: strict false, superset false, subset true, unordered false
output.limit <= reference.limit, 80 and 100: strict true, superset true, subset false, unordered false
output.limit <= reference.limit, 900 and 100: strict false, superset false, subset true, unordered false
strict calls a function with (output, reference)
superset calls a function with (output, reference)
subset calls a function with (reference, output)
unordered calls a function with (output, reference) and (reference, output)
TXT
node try.mjs | tee seen
diff expected seen
