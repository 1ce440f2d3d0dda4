/** A table as text, its columns aligned; the first column to the left, numbers to the right. */
export function tableText(rows) {
  const widths = rows[0].map((_head, column) => Math.max(...rows.map((row) => row[column].length)));
  const pad = (text, column) => (column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]));
  return rows.map((row) => `  ${row.map(pad).join('  ').trimEnd()}`).join('\n');
}

const rowText = (row) => `| ${row.join(' | ')} |`;

/** A table in Markdown. */
export function tableMarkdown([heads, ...rows]) {
  return [rowText(heads), rowText(heads.map((_head, column) => (column === 0 ? '---' : '---:'))), ...rows.map(rowText)]
    .join('\n')
    .replaceAll(/ +\|/g, ' |');
}
