#!/usr/bin/env bash
# Chromium 153 (@sparticuz/chromium@153.0.0, playwright-core@1.65.1): the wide page of @page is styled as a narrow one.
# Guess: with preferCSSPageSize the page of `@page { size: A3 landscape }` is what media queries measure in print, so
#   a rule for max-width: 900px, the layout for phones, does not apply to a page of 1588 pixels.
# What happens: the text is laid out on the page of @page, but media queries measure the page that the caller asked
#   for, US Letter of 816 pixels unless told otherwise. A3 and A4 landscape are printed with the rules for phones; and
#   A5 (560 pixels) asked for as A3 landscape is printed without them. The size of the window does not count either.
#   Asking for the same size twice, in @page and in the options, is what makes both agree.
# Whom it hurts: whoever turns a report with wide tables into PDF: columns that hide on phones are missing on paper
#   that has room for them, and no window of the browser that is as wide shows it.
# Seen with Debian's Chromium 156 too. Needs the libraries of a headless Chromium: says so and ends without them.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @sparticuz/chromium@153.0.0 playwright-core@1.65.1
cat >try.mjs <<'JS'
import packed from '@sparticuz/chromium';
import { chromium } from 'playwright-core';

const executablePath = await packed.executablePath();
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] }).catch((error) => {
  console.log(`cannot be started here: ${error.message.split('\n')[0]}`);
  process.exit(3);
});
/** Three paragraphs with a page each on what the rules take for a phone, and one page for all elsewhere. */
const report = (size) => `<style>
  @page { size: ${size} }
  @media (max-width: 900px) { p { break-after: page } }
</style><p>one</p><p>two</p>three`;

for (const [size, options] of [
  ['A4 landscape', { preferCSSPageSize: true }],
  ['A3 landscape', { preferCSSPageSize: true }],
  ['A5', { preferCSSPageSize: true, format: 'A3', landscape: true }],
  ['A3 landscape', { preferCSSPageSize: true, format: 'A3', landscape: true }],
  ['A3 landscape', { format: 'A3', landscape: true }],
]) {
  const page = await browser.newPage({ viewport: { width: 1600, height: 900 } });
  await page.setContent(report(size));
  const pdf = (await page.pdf(options)).toString('latin1');
  const [, width] = /\/MediaBox \[0 0 ([\d.]+)/.exec(pdf);
  const pages = pdf.match(/\/Type \/Page\b/g).length;
  console.log(`@page ${size}, ${JSON.stringify(options)}:`);
  console.log(`  ${Math.round((width * 96) / 72)} pixels wide, rules for ${pages === 3 ? 'phones' : 'wide windows'}`);
  await page.close();
}
await browser.close();
JS
cat >expected <<'TXT'
@page A4 landscape, {"preferCSSPageSize":true}:
  1123 pixels wide, rules for phones
@page A3 landscape, {"preferCSSPageSize":true}:
  1588 pixels wide, rules for phones
@page A5, {"preferCSSPageSize":true,"format":"A3","landscape":true}:
  560 pixels wide, rules for wide windows
@page A3 landscape, {"preferCSSPageSize":true,"format":"A3","landscape":true}:
  1588 pixels wide, rules for wide windows
@page A3 landscape, {"format":"A3","landscape":true}:
  1588 pixels wide, rules for wide windows
TXT
status=0
TMPDIR=$work node try.mjs >seen || status=$?
cat seen
[ "$status" -ne 3 ] || exit 0
diff expected seen
