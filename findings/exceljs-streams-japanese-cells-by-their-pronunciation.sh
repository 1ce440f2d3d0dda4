#!/usr/bin/env bash
# exceljs@4.4.0: read as a stream, a Japanese text is replaced by how it is pronounced.
# Guess: stream.xlsx.WorkbookReader reads the same cells as Workbook.xlsx.readFile, only row by row. Excel stores the
#   pronunciation (furigana) of what is typed with a Japanese input method next to the text, as rPh of ECMA-376, part 1,
#   18.4.6. It is no part of the text, and Excel hides it unless the cell asks for it.
# What happens: the stream's reader knows no rPh. It takes the last text in a shared string, and that is the last
#   reading. 日本橋 becomes ハシ alone, and 橋, 箸 and 端, which are a bridge, chopsticks and an edge, become one. Texts
#   without a reading are right. readFile leaves readings out, as read-excel-file@9.3.17 does. Reports on exceljs are of
#   readFile, which was put right in 2016.
# Whom it hurts: whoever streams large sheets that were typed in Japan: names, products and questions are other words,
#   groups and joins put different rows together, and models are asked about them. No row fails, and none is empty.
# Runs in a temporary folder, talks to nobody, and fails if the output changes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund exceljs@4.4.0 read-excel-file@9.3.17 fflate@0.8.3
cat >try.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import ExcelJS from 'exceljs';
import { strToU8, zipSync } from 'fflate';
import readExcelFile from 'read-excel-file/node';

// The parts of a workbook, with the shared strings as Excel writes them.
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const packaged = 'http://schemas.openxmlformats.org/package/2006';
const sheetType = 'application/vnd.openxmlformats-officedocument.spreadsheetml';
const reading = (from, to, text) => `<rPh sb="${from}" eb="${to}"><t>${text}</t></rPh>`;
const strings = [
  `<t>橋</t>${reading(0, 1, 'ハシ')}`,
  `<t>箸</t>${reading(0, 1, 'ハシ')}`,
  `<t>端</t>${reading(0, 1, 'ハシ')}`,
  `<t>日本橋</t>${reading(0, 2, 'ニホン')}${reading(2, 3, 'ハシ')}`,
  '<t>カメラ</t>',
].map((text) => `<si>${text}<phoneticPr fontId="0"/></si>`);
const relations = (list) => `<Relationships xmlns="${packaged}/relationships">${list.map(([id, type, target]) =>
  `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`).join('')}</Relationships>`;
const parts = {
  '[Content_Types].xml': `<Types xmlns="${packaged}/content-types">
    <Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
    <Override PartName="/xl/workbook.xml" ContentType="${sheetType}.sheet.main+xml"/>
    <Override PartName="/xl/sharedStrings.xml" ContentType="${sheetType}.sharedStrings+xml"/>
    <Override PartName="/xl/worksheets/sheet1.xml" ContentType="${sheetType}.worksheet+xml"/></Types>`,
  '_rels/.rels': relations([['rId1', 'officeDocument', 'xl/workbook.xml']]),
  'xl/_rels/workbook.xml.rels': relations([['rId1', 'worksheet', 'worksheets/sheet1.xml'],
    ['rId2', 'sharedStrings', 'sharedStrings.xml']]),
  'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${office}"><sheets>
    <sheet name="Words" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/sharedStrings.xml': `<sst xmlns="${main}">${strings.join('')}</sst>`,
  'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${strings.map((_, index) =>
    `<row r="${index + 1}"><c r="A${index + 1}" t="s"><v>${index}</v></c></row>`).join('')}</sheetData></worksheet>`,
};
writeFileSync('words.xlsx', zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) =>
  [name, strToU8(`<?xml version="1.0" encoding="UTF-8"?>${text}`)]))));

const [{ data }] = await readExcelFile('words.xlsx');
console.log(`read-excel-file: ${data.flat().join(' ')}`);
const workbook = await new ExcelJS.Workbook().xlsx.readFile('words.xlsx');
const whole = [];
workbook.worksheets[0].eachRow((row) => whole.push(row.getCell(1).value));
console.log(`exceljs, readFile: ${whole.join(' ')}`);
const streamed = [];
for await (const sheet of new ExcelJS.stream.xlsx.WorkbookReader('words.xlsx')) {
  for await (const row of sheet) streamed.push(row.getCell(1).value);
}
console.log(`exceljs, stream: ${streamed.join(' ')}`);
console.log(`different words: ${new Set(data.flat()).size}, ${new Set(streamed).size} in the stream`);
JS
cat >expected <<'TXT'
read-excel-file: 橋 箸 端 日本橋 カメラ
exceljs, readFile: 橋 箸 端 日本橋 カメラ
exceljs, stream: ハシ ハシ ハシ ハシ カメラ
different words: 5, 2 in the stream
TXT
node try.mjs | tee seen
diff expected seen
