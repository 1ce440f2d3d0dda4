import { randomBytes } from 'node:crypto';
import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ASK, completion, failureOf, type Handler, noSignal, reply, withEndpoint } from './endpoint.ts';

const TEXT = 'Ёлка — “Paris” 😀';
const BODY = Buffer.from(JSON.stringify(completion({ role: 'assistant', content: TEXT })));

/** Answers with these bytes. */
function send(bytes: Uint8Array, headers: Readonly<Record<string, string>> = {}, status = 200): Handler {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(bytes);
  };
}

/** The same in some content encoding. */
function encoded(contentEncoding: string, bytes: Uint8Array, status = 200): Handler {
  return send(bytes, { 'content-encoding': contentEncoding }, status);
}

async function outputOf(handler: Handler): Promise<string | undefined> {
  let output: string | undefined;
  await withEndpoint(handler, async ({ provider }) => {
    output = (await provider.complete(ASK, noSignal())).output;
  });
  return output;
}

const gzip = (bytes: Uint8Array): Buffer => zlib.gzipSync(bytes);

describe('an encoded answer', () => {
  it.each([
    ['gzip', 'gzip', gzip(BODY)],
    ['gzip in capitals and by its old name', 'X-GZIP', gzip(BODY)],
    ['gzip of several members', 'gzip', Buffer.concat([gzip(BODY.subarray(0, 20)), gzip(BODY.subarray(20))])],
    ['deflate', 'deflate', zlib.deflateSync(BODY)],
    ['deflate without the header of RFC 1950', 'deflate', zlib.deflateRawSync(BODY)],
    ['br', 'br', zlib.brotliCompressSync(BODY)],
    ['nothing by the name of identity', 'identity', BODY],
    ['nothing by an empty name', '', BODY],
    ['one encoding inside another', 'gzip, br', zlib.brotliCompressSync(gzip(BODY))],
  ])('is read from %s, even if unrequested', async (_what, contentEncoding, bytes) => {
    await withEndpoint(encoded(contentEncoding, bytes), async ({ provider, seen }) => {
      expect((await provider.complete(ASK, noSignal())).output).toBe(TEXT);
      expect(seen[0]?.headers).not.toHaveProperty('accept-encoding');
    });
  });

  it('is read from zstd if Node supports it, otherwise it is an error that names it', async () => {
    // A frame of RFC 8878, section 3.1.1, with one raw block, which takes no compressor to write.
    const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, BODY.length, 0, 0, 0]);
    header.writeUIntLE((BODY.length << 3) | 1, 6, 3);
    const handler = encoded('zstd', Buffer.concat([header, BODY]));
    if ('zstdDecompress' in zlib) expect(await outputOf(handler)).toBe(TEXT);
    else expect((await failureOf(handler)).message).toContain('"zstd"');
  });

  it('may be a list of models too', async () => {
    await withEndpoint(encoded('gzip', gzip(Buffer.from('{"data":[{"id":"m"}]}'))), async ({ provider }) => {
      expect(await provider.models(noSignal())).toMatchObject([{ id: 'm' }]);
    });
  });

  it.each([
    ['an encoding that is not known', 'compress', BODY, '"compress"'],
    ['a name that every object has', 'constructor', BODY, '"constructor"'],
    ['an end that is missing', 'gzip', gzip(BODY).subarray(0, -12), 'gzip: unexpected end of file'],
    ['text by the name of gzip', 'gzip', BODY, 'gzip: incorrect header check'],
    ['text by the name of br', 'br', BODY, 'not br'],
    ['noise by the name of deflate', 'deflate', randomBytes(64).fill(0xff, 0, 1), 'not deflate'],
    ['more encodings than any server applies', 'br, br, br, br, br', BODY, 'too many encodings'],
    ['nothing', 'gzip', Buffer.alloc(0), 'the answer is empty'],
  ])('is an invalid response if it has %s', async (_what, contentEncoding, bytes, message) => {
    const refused = await failureOf(encoded(contentEncoding, bytes));
    expect(refused.kind).toBe('invalid_response');
    expect(refused.message).toContain(message);
  });

  it('is limited to the size that it decodes to', async () => {
    const decoded = Buffer.alloc(64 * 1024 * 1024 + 1, 'a');
    const bomb = gzip(decoded);
    const fast = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } };
    expect(bomb.length).toBeLessThan(100_000);
    for (const handler of [encoded('gzip', bomb), encoded('br', zlib.brotliCompressSync(decoded, fast))]) {
      const refused = await failureOf(handler);
      expect(refused).toMatchObject({ kind: 'invalid_response', message: 'the answer is too large: more than 16 MiB' });
    }
  });

  it('whose connection breaks is a network error', async () => {
    const refused = await failureOf((response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' });
      response.write(gzip(BODY).subarray(0, 20), () => response.destroy());
    });
    expect(refused.kind).toBe('network');
  });
});

describe('an encoded failure', () => {
  it('reports its reason', async () => {
    const body = gzip(Buffer.from(JSON.stringify({ error: { message: 'temperature is out of range' } })));
    const refused = await failureOf(encoded('gzip', body, 400));
    expect(refused).toMatchObject({ kind: 'invalid_request', message: 'HTTP 400: temperature is out of range' });
  });

  it.each([
    ['gzip', BODY],
    ['unheard-of', BODY],
  ])('keeps its kind and its wait if its %s cannot be decoded', async (contentEncoding, bytes) => {
    const headers = { 'content-encoding': contentEncoding, 'retry-after': '7' };
    const refused = await failureOf(send(bytes, headers, 429));
    expect(refused).toMatchObject({ kind: 'rate_limited', retryAfterMs: 7000, message: 'HTTP 429: no reason given' });
  });
});

describe('the bytes of an answer', () => {
  it.each([
    ['a sign that is cut', Buffer.from('Ё').subarray(0, 1)],
    ['a byte of windows-1251', Buffer.from([0xc0])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['a sign in more bytes than it takes', Buffer.from([0xc0, 0xaf])],
  ])('are an invalid response if they have %s', async (_what, bytes) => {
    const [start = '', end = ''] = JSON.stringify(completion({ content: '@' })).split('@');
    const refused = await failureOf(send(Buffer.concat([Buffer.from(start), bytes, Buffer.from(end)])));
    expect(refused).toMatchObject({ kind: 'invalid_response', message: 'the answer is not UTF-8 text' });
  });

  it('may contain a genuine replacement character', async () => {
    expect(await outputOf(reply(200, completion({ content: 'a \ufffd b' })))).toBe('a \ufffd b');
  });

  it('may begin with a byte order mark', async () => {
    expect(await outputOf(send(Buffer.concat([Buffer.from('\ufeff'), BODY])))).toBe(TEXT);
  });

  it('may arrive in pieces that split a character', async () => {
    const cut = BODY.indexOf(Buffer.from('Ё')) + 1;
    const handler: Handler = (response) => {
      response.writeHead(200);
      response.write(BODY.subarray(0, cut), () => setImmediate(() => response.end(BODY.subarray(cut))));
    };
    expect(await outputOf(handler)).toBe(TEXT);
  });

  it('of a failure are read as far as possible', async () => {
    const body = Buffer.from('{"error":{"message":"Zugriff f\u00fcr \\"x\\""}}', 'latin1');
    expect(await failureOf(send(body, {}, 403))).toMatchObject({ message: 'HTTP 403: Zugriff f\ufffdr "x"' });
  });
});

function lists(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`;
}

function objects(levels: number): string {
  return `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
}

/** The body of an answer that calls a function with nested arguments. */
function calls(levels: number): string {
  return `{"choices":[{"message":{"tool_calls":[{"function":{"name":"f","arguments":${objects(levels)}}}]}}]}`;
}

describe('a nested answer', () => {
  it.each([
    ['lists', lists(5000)],
    ['objects', objects(5000)],
    ['the arguments of a call', calls(5000)],
    ['lists that no stack has room for', lists(100_000)],
  ])('5,000 levels deep or more, of %s, is an invalid response', async (_what, body) => {
    const refused = await failureOf(reply(200, body));
    expect(refused).toMatchObject({ kind: 'invalid_response', httpStatus: 200 });
    expect(refused.message).toBe('HTTP 200: the answer is nested more than 500 levels deep');
  });

  it('without an end is an invalid response', async () => {
    expect((await failureOf(reply(200, '['.repeat(5000)))).kind).toBe('invalid_response');
  });

  it('up to the limit is read', async () => {
    expect(await outputOf(reply(200, calls(400)))).toContain('"arguments":{"a":{"a":');
  });

  it('only within its text does not count', async () => {
    expect(await outputOf(reply(200, completion({ content: lists(5000) })))).toBe(lists(5000));
  });

  it.each([400, 429, 500])('5,000 levels deep under status %i keeps the kind of its status', async (status) => {
    const plain = await failureOf(reply(status, {}));
    for (const body of [`{"error":${lists(5000)}}`, `{"error":{"message":"x","details":${objects(5000)}}}`]) {
      expect((await failureOf(reply(status, body))).kind).toBe(plain.kind);
    }
  });
});
