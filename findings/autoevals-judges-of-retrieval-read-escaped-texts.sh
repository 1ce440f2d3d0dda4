#!/usr/bin/env bash
# autoevals@0.3.0: the judges of its RAGAS scorers read HTML entities in place of the texts, and lists without borders.
# Guess: Faithfulness, ContextRelevancy, ContextRecall and the others show the judge question, context and answer as
#   they are, as Factuality and the other classifiers of the package do, which switch the template's escaping off.
# What happens: the prompts of these scorers are rendered by Mustache with {{ }} and its own escaping, which is for
#   HTML. Quotes, apostrophes, <, >, &, = and / reach the judge as &quot; &#39; &lt; &gt; &amp; &#x3D; and &#x2F;.
#   Code, formulas, links and markup are another text then, and cost more tokens. The statements that Faithfulness has
#   paid to have split are joined with bare commas, so that the judge must guess where each begins. And ContextRelevancy
#   is the length of the sentences that the judge copied over the length of the context: copied as shown, they are
#   too long. Here one line of two is relevant, 47 % of the context, and the score is 1.
# Whom it hurts: whoever scores retrieval over documentation, code, web pages or French: judges are asked about texts
#   that nobody wrote, and contexts full of markup look more relevant than plain ones.
# Runs in a temporary folder, talks to this machine only, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund autoevals@0.3.0 openai@7.59.0
cat >try.cjs <<'JS'
const http = require('node:http');
const { ContextRelevancy, Factuality, Faithfulness } = require('autoevals');

// A judge in OpenAI's form: two statements for an answer, the first line of a context, all verdicts positive.
const prompts = [];
const line = (prompt) => prompt.slice(prompt.lastIndexOf('\ncontext: ')).split('\n')[1].replace('context: ', '');
const tools = {
  extract_statements: () => ({ statements: ['Tom, Ann and I wrote f(x), a "helper".', 'It\'s < 5 lines, I think.'] }),
  judge_statements: () => ({ faithfulness: [{ statement: '1', verdict: 1, reason: '' }] }),
  extract_sentences: (prompt) => ({ sentences: [{ sentence: line(prompt), reasons: [] }] }),
  select_choice: () => ({ choice: 'A', reasons: '' }),
};
const server = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const { messages, tool_choice: { function: { name } } } = JSON.parse(Buffer.concat(chunks));
  prompts.push(messages[0].content);
  const call = { id: 'c', type: 'function', function: { name,
    arguments: JSON.stringify(tools[name](messages[0].content)) } };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify({ id: '1', object: 'chat.completion', created: 1, model: 'judge',
    choices: [{ index: 0, finish_reason: 'tool_calls',
      message: { role: 'assistant', content: null, tool_calls: [call] } }] }));
});
server.listen(0, '127.0.0.1', async () => {
  const options = { openAiApiKey: 'unused', openAiBaseUrl: `http://127.0.0.1:${server.address().port}/v1`,
    model: 'judge' };
  const input = 'What\'s "f"?';
  const output = 'if (a < b) f("x", 2/3)';
  const context = '<a href="/f?x=1&y=2">It\'s f</a>\n<!-- 32 bytes that do not help -->';
  const shown = (start) => prompts.at(-1).split('\n').filter((text) => text.startsWith(start)).at(-1);

  await Factuality({ ...options, input, output, expected: 'f' });
  console.log(`Factuality: ${shown('[Submission]')}`);
  await Faithfulness({ ...options, input, output, context });
  console.log('Faithfulness, two statements:');
  console.log(`  ${shown('statements: ')}`);
  const { score } = await ContextRelevancy({ ...options, input, output, context });
  console.log(`ContextRelevancy:\n  ${shown('question: ')}\n  ${shown('context: ')}`);
  const [relevant] = context.split('\n');
  const share = (relevant.length / context.length).toFixed(2);
  console.log(`  relevant ${relevant.length} of ${context.length} letters: ${share}, score ${score.toFixed(2)}`);
  server.closeAllConnections();
  server.close();
});
JS
cat >expected <<'TXT'
Factuality: [Submission]: if (a < b) f("x", 2/3)
Faithfulness, two statements:
  statements: Tom, Ann and I wrote f(x), a &quot;helper&quot;.,It&#39;s &lt; 5 lines, I think.
ContextRelevancy:
  question: What&#39;s &quot;f&quot;?
  context: &lt;a href&#x3D;&quot;&#x2F;f?x&#x3D;1&amp;y&#x3D;2&quot;&gt;It&#39;s f&lt;&#x2F;a&gt;
  relevant 31 of 66 letters: 0.47, score 1.00
TXT
node try.cjs | tee seen
diff expected seen
