import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';

/** OpenAI's files and batches as far as promptgrid uses them, with all files on the disk: answers every request. */
export async function startBatchServer(folder) {
  const batches = [];
  let uploads = 0;
  const respond = async (request, response) => {
    const { method } = request;
    const [, kind, id = '', part] = /^\/v1\/(\w+)(?:\/(\w+))?(?:\/(\w+))?$/.exec(request.url.split('?')[0]) ?? [];
    const answer = (body) => response.end(JSON.stringify(body));
    if (kind === 'models') return answer({ data: [] });
    if (method === 'DELETE') return answer({ deleted: true });
    if (kind === 'files' && method === 'POST') {
      uploads += 1;
      await pipeline(request, createWriteStream(join(folder, `file${uploads}`)));
      return answer({ id: `file${uploads}` });
    }
    if (kind === 'files' && part === 'content') return sendFile(response, join(folder, id));
    if (kind === 'batches' && method === 'POST') {
      const body = JSON.parse(await textOf(request));
      const path = join(folder, `out${batches.length}`);
      const lines = await answerAll(join(folder, body.input_file_id), path);
      batches.push({ id: `batch${batches.length}`, metadata: body.metadata, lines, out: `out${batches.length}` });
      return answer(statusOf(batches.at(-1)));
    }
    if (kind === 'batches' && id !== '') return answer(statusOf(batches.find((batch) => batch.id === id)));
    return answer({ data: batches.map(statusOf), has_more: false });
  };
  const server = createServer((request, response) => {
    respond(request, response).catch((error) => response.destroy(error));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${server.address().port}/v1`, batches, close: () => server.close() };
}

function statusOf({ id, metadata, lines, out }) {
  const counts = { total: lines, completed: lines, failed: 0 };
  const made = { created_at: Math.floor(Date.now() / 1000), metadata, request_counts: counts };
  return { id, status: 'completed', output_file_id: out, error_file_id: null, ...made };
}

async function sendFile(response, path) {
  response.writeHead(200, { 'content-length': (await stat(path)).size });
  await pipeline(createReadStream(path), response);
}

async function textOf(request) {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += piece;
  return text;
}

/** @returns number of requests */
async function answerAll(path, outPath) {
  const out = createWriteStream(outPath);
  let lines = 0;
  for await (const line of createInterface({ input: createReadStream(path), crlfDelay: Infinity })) {
    // The form around the lines.
    if (!line.startsWith('{')) continue;
    const { custom_id: id, body } = JSON.parse(line);
    lines += 1;
    const choice = { index: 0, message: { role: 'assistant', content: 'four' }, finish_reason: 'stop' };
    const usage = { prompt_tokens: 12, completion_tokens: 5, total_tokens: 17 };
    const completion = { id: `c-${id}`, object: 'chat.completion', model: body.model, choices: [choice], usage };
    const result = { custom_id: id, response: { status_code: 200, body: completion }, error: null };
    if (!out.write(`${JSON.stringify(result)}\n`)) await new Promise((resolve) => out.once('drain', resolve));
  }
  await new Promise((resolve) => out.end(resolve));
  return lines;
}
