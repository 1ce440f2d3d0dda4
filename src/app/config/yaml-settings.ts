import { isMap, isNode, isScalar, isSeq, type Tags } from 'yaml';
import { ConfigError } from '../../core/errors.ts';
import { isJsonObject } from '../../core/json.ts';
import { checkSettings, type FileSettings } from './schema.ts';
import { readYamlDocument } from './yaml-document.ts';

/** Numbers are decimal, as in flags. `0x10` and `0o17` stay texts, which no numeric option accepts. */
const decimalOnly = (tags: Tags): Tags =>
  tags.filter((tag) => typeof tag === 'string' || (tag.format !== 'HEX' && tag.format !== 'OCT'));

/** Parses and checks the text of a configuration file. @param path the name used in errors */
export function parseConfig(text: string, path: string): FileSettings {
  const { document, value, lineAt } = readYamlDocument(text, path, { customTags: decimalOnly });
  const values = value ?? {};
  if (!isJsonObject(values)) {
    throw new ConfigError(`${path}: holds no keys`, { hint: 'write it as key: value lines, see promptgrid init' });
  }
  const lineOf = (keys: readonly string[]): number | null => {
    const offset = offsetOf(document.contents, keys);
    return offset === null ? null : lineAt(offset);
  };
  return checkSettings(values, { kind: 'file', path, lineOf });
}

/** Position of the last of these keys that exists, with list items by index; null if none does. */
function offsetOf(node: unknown, [key, ...deeper]: readonly string[]): number | null {
  if (isSeq(node)) {
    const item = node.items[Number(key)];
    return offsetOf(item, deeper) ?? (isNode(item) ? (item.range?.[0] ?? null) : null);
  }
  if (!isMap(node)) return null;
  const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  const own = isScalar(pair?.key) ? (pair.key.range?.[0] ?? null) : null;
  return offsetOf(pair?.value, deeper) ?? own;
}
