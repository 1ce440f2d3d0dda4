// Builds the shell of report pages from src/page: one HTML file with its style and script inside, which may load nothing.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { rolldown } from 'rolldown';

/** A larger shell would be most of the file of a small run. */
const MOST_BYTES = 120 * 1024;

const root = fileURLToPath(new URL('..', import.meta.url));
const bundle = await rolldown({
  cwd: root,
  input: 'src/page/main.tsx',
  platform: 'browser',
  tsconfig: 'src/page/tsconfig.json',
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
  onLog: (level, { message }) => {
    throw new Error(`${level}: ${message}`);
  },
});
const { output } = await bundle.generate({ format: 'iife', minify: true });
const [{ code }] = output;
const script = code.trim();
// The script is compressed like the data; this one unpacks it. The policy knows both by their digests.
const loader = `(async () => {
  const part = document.getElementById('code');
  const bytes = Uint8Array.from(atob(part.textContent), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const script = document.createElement('script');
  script.textContent = await new Response(stream).text();
  part.replaceWith(script);
})();`;
const style = readFileSync(`${root}src/page/style.css`, 'utf8')
  .replaceAll(/\/\*[^]*?\*\//g, '')
  .replaceAll(/\s+/g, ' ')
  .replaceAll(/ ?([{}:;,>]) ?/g, (all, sign) => (sign === ':' ? all.trimEnd() : sign))
  .trim();
const digest = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
const policy = [
  "default-src 'none'",
  `script-src ${digest(loader)} ${digest(script)}`,
  `style-src ${digest(style)}`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
const shell = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title><!--title--></title>
<style>${style}</style>
</head>
<body>
<div id="app"><div class="static in">
<!--static-->
</div></div>
<!--head--><div id="code" hidden>${deflateRawSync(script, { level: 9 }).toString('base64')}</div>
<script>${loader}</script>
<!--rows--></body>
</html>
`;
const bytes = Buffer.byteLength(shell);
if (bytes > MOST_BYTES) throw new Error(`the shell of the page has ${bytes} bytes, more than ${MOST_BYTES}`);
mkdirSync(`${root}dist/page`, { recursive: true });
writeFileSync(`${root}dist/page/shell.html`, shell);
