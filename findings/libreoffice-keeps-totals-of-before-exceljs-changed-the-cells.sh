#!/usr/bin/env bash
# exceljs@4.4.0 and LibreOffice 7.4 (Debian's 4:7.4.7-1+deb12u14): a filled-in template is converted with old totals.
# Guess: a program that opens a workbook computes its formulas; fullCalcOnLoad, which exceljs has for it, makes sure.
#   Or exceljs drops the results that it cannot renew.
# What happens: exceljs writes each formula with the result that it read, stale as it is, and soffice believes it. What
#   it converts, to CSV here, has the new cells above the template's totals. The workbook's fullCalcOnLoad is not looked
#   at. A formula without a result is computed, but from the old results of others. What helps is to take every result
#   away, or "Recalculation on File Load: Always" in the profile. The default is never; LibreOffice's help on that
#   setting is the one place that says so.
# Whom it hurts: whoever fills a sheet of scores or costs in a job and converts it. The report shows the total of last
#   month, or 0, and whoever opens the same file in a program that computes sees another.
# Needs soffice, which npm does not have: says so and ends where it is not installed or is not of the line 7.4.
# Runs in a temporary folder and fails if the output changes.
set -euo pipefail
version=$(soffice --version 2>/dev/null || true)
if [[ $version != *'LibreOffice 7.4.'* ]]; then
  echo 'skipped: no LibreOffice 7.4 here (Debian 12: apt-get install libreoffice-calc)'
  exit 0
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0
cat >try.mjs <<'JS'
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import ExcelJS from 'exceljs';

const template = new ExcelJS.Workbook();
const results = template.addWorksheet('results');
results.addRows([['model', 'cost'], ['a', 1], ['b', 2]]);
results.addRow(['total', { formula: 'SUM(B2:B3)', result: 3 }]);
results.addRow(['with tax', { formula: 'B4*1.2', result: 3.6 }]);
await template.xlsx.writeFile('template.xlsx');

async function fill(file, also = () => {}) {
  const workbook = new ExcelJS.Workbook();
  await workbook.xlsx.readFile('template.xlsx');
  workbook.getWorksheet('results').getCell('B2').value = 100;
  also(workbook);
  await workbook.xlsx.writeFile(file);
}
await fill('exceljs.xlsx');
await fill('full-calc.xlsx', (workbook) => {
  workbook.calcProperties.fullCalcOnLoad = true;
});
const forget = (...cells) => (workbook) => {
  for (const name of cells) {
    const cell = workbook.getWorksheet('results').getCell(name);
    cell.value = { formula: cell.formula };
  }
};
await fill('no-tax.xlsx', forget('B5'));
await fill('no-results.xlsx', forget('B4', 'B5'));

function convert(profile, ...files) {
  const home = `-env:UserInstallation=${pathToFileURL(profile)}`;
  execFileSync('soffice', ['--headless', home, '--convert-to', 'csv', ...files], { stdio: 'ignore' });
  const read = (file) => readFileSync(file.replace('.xlsx', '.csv'), 'utf8').trimEnd().split('\n');
  return files.map((file) => read(file).slice(1).join('  '));
}
const titles = {
  'template.xlsx': 'the template',
  'exceljs.xlsx': 'a set to 100 by exceljs',
  'full-calc.xlsx': 'the same with fullCalcOnLoad',
  'no-tax.xlsx': 'the same without the last result',
  'no-results.xlsx': 'the same without any result',
};
const seen = convert('profile', ...Object.keys(titles));
for (const [index, title] of Object.values(titles).entries()) console.log(`${title}: ${seen[index]}`);

mkdirSync('always/user', { recursive: true });
writeFileSync('always/user/registrymodifications.xcu', `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse">
<value>0</value></prop></item>
</oor:items>`);
console.log(`a set to 100 by exceljs, always recalculated: ${convert('always', 'exceljs.xlsx')}`);
JS
cat >expected <<'TXT'
the template: a,1  b,2  total,3  with tax,3.6
a set to 100 by exceljs: a,100  b,2  total,3  with tax,3.6
the same with fullCalcOnLoad: a,100  b,2  total,3  with tax,3.6
the same without the last result: a,100  b,2  total,3  with tax,3.6
the same without any result: a,100  b,2  total,102  with tax,122.4
a set to 100 by exceljs, always recalculated: a,100  b,2  total,102  with tax,122.4
TXT
node try.mjs | tee seen
diff expected seen
