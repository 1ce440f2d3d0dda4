import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GRID_OPTIONS, variableName } from '../../src/app/config/options.ts';
import { configJsonSchema } from '../../src/app/config/schema.ts';
import { readEnvironment } from '../../src/app/config/settings.ts';
import { exampleOf } from '../../src/app/config/values.ts';
import { parseConfig } from '../../src/app/config/yaml-settings.ts';
import { ESTIMATE_OPTIONS, NO_ESTIMATE_OPTIONS } from '../../src/app/forecast/options.ts';
import { isJsonObject, type JsonObject, type JsonValue, listOf, objectOf } from '../../src/core/json.ts';
import { flagName, type OptionSpec, wantedValue } from '../../src/core/option-spec.ts';
import { GATEWAY_OPTIONS } from '../../src/gateway/option-table.ts';
import { codeBlocks, ROOT, readPage, section, tableRows } from './markdown.ts';

const page = readPage('docs/CONFIGURATION.md');

/** An option's row: flag, key, variable, value, meaning, default. */
function rowOf(name: string, spec: OptionSpec): readonly string[] {
  const alias = spec.alias === undefined ? '' : `, -${spec.alias}`;
  const [key, variable] = spec.flagOnly === true ? ['–', '–'] : [name, variableName(name)];
  return [`--${flagName(name)}${alias}`, key, variable, valueOf(spec), spec.describe, spec.defaultText ?? '–'];
}

/** How a table describes an option's value. */
function valueOf(spec: OptionSpec): string {
  switch (spec.kind) {
    case 'path':
      return 'path';
    case 'boolean':
      return 'switch';
    case 'switchOrName':
      return 'switch or name';
    case 'switchOrCount':
      return `switch or ${nounOf(spec)}`;
    case 'switchOrPath':
      return 'switch or path';
    case 'texts':
    case 'prompts':
    case 'scorers':
    case 'headers':
      return 'text; repeatable';
    case 'values':
      return 'name=json; repeatable';
    case 'strings':
    case 'models':
    case 'numbers':
    case 'thresholds':
      return `${nounOf(spec)}; repeatable or by commas`;
    default:
      return nounOf(spec);
  }
}

/** `whole number from 1` */
function nounOf(spec: OptionSpec): string {
  return wantedValue(spec)
    .replace(/^an? /, '')
    .replace(/ that is not empty$/, '');
}

/** What an object schema allows in the object. */
function propertiesOf(schema: JsonValue | undefined): JsonObject {
  const properties = isJsonObject(schema) ? schema['properties'] : undefined;
  return isJsonObject(properties) ? properties : {};
}

/** The fields of a provider's section, with their schemas. */
function providerFields(): JsonObject {
  const { providers } = propertiesOf(configJsonSchema());
  return propertiesOf(isJsonObject(providers) ? providers['additionalProperties'] : undefined);
}

/** The fields of a model's section, with their schemas. */
function modelLimitFields(): JsonObject {
  const { limits } = propertiesOf(configJsonSchema());
  return propertiesOf(isJsonObject(limits) ? limits['additionalProperties'] : undefined);
}

/** The fields of an item of `model`, with their schemas. */
function modelEntryFields(): JsonObject {
  const { model } = propertiesOf(configJsonSchema());
  const forms = isJsonObject(model)
    ? listOf(model['anyOf']).flatMap((form) => [form, objectOf(form)['items'] ?? null])
    : [];
  const items = forms.flatMap((form) => listOf(objectOf(form)['anyOf'])).filter(isJsonObject);
  return propertiesOf(items.find((item) => item['type'] === 'object'));
}

/** Long flags that a command's help lists. */
function helpFlags(command: string): readonly string[] {
  const words = [join(ROOT, 'dist', 'cli', 'main.js'), command, '--help-all'];
  const { stdout, status } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  expect(status).toBe(0);
  return [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, flag = '']) => flag);
}

describe('docs/CONFIGURATION.md', () => {
  it.each(Object.entries<OptionSpec>(GRID_OPTIONS))('has the row of %s as the option is', (name, spec) => {
    const rows = tableRows(section(section(page, 'Options'), spec.group));
    const row = rowOf(name, spec);
    expect(rows.find(([flag]) => flag === row[0])).toEqual(row);
  });

  it('has no row of a missing option', () => {
    const flags = Object.entries<OptionSpec>(GRID_OPTIONS).map(([name, spec]) => rowOf(name, spec)[0]);
    expect(tableRows(section(page, 'Options')).map(([flag]) => flag)).toEqual(expect.arrayContaining(flags));
    expect(tableRows(section(page, 'Options'))).toHaveLength(flags.length);
  });

  it('names a variable for exactly the options that are read from one', () => {
    const named = tableRows(section(page, 'Options')).map(([, , variable]) => variable);
    const read = Object.entries<OptionSpec>(GRID_OPTIONS)
      .filter(([name, spec]) =>
        Object.hasOwn(readEnvironment({ [variableName(name)]: exampleOf(spec) ?? 'true' }), name),
      )
      .map(([name]) => name);
    expect(named.filter((variable) => variable !== '–')).toEqual(expect.arrayContaining(read.map(variableName)));
    expect(named.filter((variable) => variable !== '–')).toHaveLength(read.length);
  });

  it('names exactly the keys that the settings file may have', () => {
    const keys = [
      ...tableRows(section(page, 'Options')).map(([, key = '']) => key),
      ...tableRows(section(page, 'promptgrid.yaml')).map(([key = '']) => key),
    ];
    const known = [propertiesOf(configJsonSchema()), providerFields(), modelLimitFields(), modelEntryFields()].flatMap(
      Object.keys,
    );
    expect(keys.filter((key) => key !== '–').toSorted()).toEqual(known.toSorted());
  });

  it.each([
    ['provider', providerFields()],
    ['model of limits', modelLimitFields()],
    ['model', modelEntryFields()],
  ])("says what each key of a %s's section means", (_section, fields) => {
    const described = Object.entries(fields).map(([key, field]) => [
      key,
      isJsonObject(field) ? field['description'] : null,
    ]);
    expect(described).not.toEqual([]);
    const rows = tableRows(section(page, 'promptgrid.yaml')).map(([key, , meaning]) => [key, meaning]);
    expect(rows).toEqual(expect.arrayContaining(described));
  });

  it.each(['run', 'estimate', 'models', 'balance', 'cache', 'init'])('names every flag of promptgrid %s', (command) => {
    const flags = helpFlags(command);
    expect(flags).toContain('--json');
    expect(flags.filter((flag) => !page.includes(`\`${flag}\``))).toEqual([]);
  });

  it('has the flags that estimate has in addition to those of run, as they are', () => {
    const rows = tableRows(section(page, 'Options of estimate')).map((row) => row.toSpliced(1, 1));
    expect(rows).toEqual(
      Object.entries<OptionSpec>(ESTIMATE_OPTIONS).map(([name, spec]) => rowOf(name, spec).toSpliced(1, 2)),
    );
  });

  it('docs/gateway.md names every flag of promptgrid gateway', () => {
    const gateway = readPage('docs/gateway.md');
    const flags = Object.entries<OptionSpec>(GATEWAY_OPTIONS).map(([name, spec]) => `--${flagName(name, spec)}`);
    expect(flags.filter((flag) => !gateway.includes(`\`${flag}\``))).toEqual([]);
  });

  it("has the field of each of estimate's flags, except the gate, which only the command has", () => {
    const fields = tableRows(section(page, 'Options of estimate')).map(([, field = '']) => field);
    const known = Object.keys(NO_ESTIMATE_OPTIONS).filter((field) => field !== 'maxCost');
    expect(fields.filter((field) => field !== '–').toSorted()).toEqual(known.toSorted());
  });

  it('shows only valid settings files', () => {
    const blocks = codeBlocks(page).filter(({ language }) => language === 'yaml');
    expect(blocks.length).toBeGreaterThan(0);
    for (const { text } of blocks) expect(parseConfig(text, 'promptgrid.yaml')).toHaveProperty('dataset');
  });
});
