import { X509Certificate } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hasOpenssl, ownCa } from '../../support/certificates.ts';
import { configure, makeFolder, refusal } from './project.ts';

const GIGACHAT = { flags: { model: ['gigachat/GigaChat'] }, env: { GIGACHAT_CREDENTIALS: 'giga-key-123456' } };
const YANDEX = { flags: { model: ['yandex/yandexgpt/latest'] }, env: { YANDEX_API_KEY: 'yandex-key-1234' } };

/** True if the key may only go to this address for tokens once a person agrees. */
async function needsConsentAt(authUrl: string): Promise<boolean | undefined> {
  const { endpoints } = await configure({ ...GIGACHAT, yaml: `providers: { gigachat: { authUrl: "${authUrl}" } }` });
  return endpoints[0]?.destinations[1]?.needsConsent;
}

async function readCertificates(caFile: string): Promise<readonly string[] | undefined> {
  return (await configure({ flags: { caFile } })).endpoints[0]?.certificates;
}

/** For each destination of OpenAI's key: consent, own address, and the text shown. */
async function consents(yaml: string, flags: object = {}): Promise<readonly unknown[] | undefined> {
  const { endpoints } = await configure({ flags: { model: ['openai/gpt-4o'], ...flags }, yaml });
  return endpoints[0]?.destinations.map(({ needsConsent, isOwn, shown }) => [needsConsent, isOwn, shown]);
}

describe('a provider whose key is exchanged for tokens', () => {
  it('has its own address for it, and its own scope', async () => {
    const { endpoints } = await configure(GIGACHAT);
    expect(endpoints).toMatchObject([
      {
        provider: 'gigachat',
        baseUrl: 'https://gigachat.devices.sberbank.ru/api/v1',
        tokens: { url: 'https://ngw.devices.sberbank.ru:9443/api/v2/oauth', proxy: null },
        account: 'GIGACHAT_API_PERS',
        certificates: [],
      },
    ]);
    expect(
      endpoints[0]?.destinations.map(({ address, isOwn, variables, needsConsent }) => [
        address,
        isOwn,
        variables,
        needsConsent,
      ]),
    ).toEqual([
      ['https://gigachat.devices.sberbank.ru/api/v1', true, ['GIGACHAT_CREDENTIALS'], false],
      ['https://ngw.devices.sberbank.ru:9443/api/v2/oauth', true, ['GIGACHAT_CREDENTIALS'], false],
    ]);
  });

  it('has another address and scope by its section, and the scope by a variable', async () => {
    const yaml = 'providers: { gigachat: { authUrl: "https://oauth.invalid/token", scope: GIGACHAT_API_B2B } }';
    const { endpoints } = await configure({ ...GIGACHAT, yaml, env: { ...GIGACHAT.env, GIGACHAT_SCOPE: 'OTHER' } });
    expect(endpoints).toMatchObject([{ tokens: { url: 'https://oauth.invalid/token' }, account: 'GIGACHAT_API_B2B' }]);
    const corp = await configure({ ...GIGACHAT, env: { ...GIGACHAT.env, GIGACHAT_SCOPE: 'GIGACHAT_API_CORP' } });
    expect(corp.endpoints).toMatchObject([{ account: 'GIGACHAT_API_CORP' }]);
  });

  it('needs consent for an address of a project file', async () => {
    expect(await needsConsentAt('https://oauth.invalid/token')).toBe(true);
    expect(await needsConsentAt('https://ngw.devices.sberbank.ru:9443/api/v3/oauth')).toBe(false);
    expect(await needsConsentAt('http://127.0.0.1:9443/oauth')).toBe(false);
  });

  it.each(['oauth.invalid', 'ftp://oauth.invalid/token', 'https://user:secret@oauth.invalid/token'])(
    'has no address like %s',
    async (authUrl) => {
      const { message } = await refusal({ ...GIGACHAT, yaml: `providers: { gigachat: { authUrl: "${authUrl}" } }` });
      expect(message).toBe('providers.gigachat.authUrl is not an http address');
    },
  );
});

describe('a provider with a folder', () => {
  it('has it by a variable or by its section', async () => {
    const env = { ...YANDEX.env, YANDEX_FOLDER_ID: ' b1gone ' };
    expect((await configure({ ...YANDEX, env })).endpoints).toMatchObject([{ account: 'b1gone' }]);
    const yaml = 'providers: { yandex: { folder: b1gtwo } }';
    expect((await configure({ ...YANDEX, env, yaml })).endpoints).toMatchObject([{ account: 'b1gtwo' }]);
  });

  it('does not run without it, or with one that no request carries', async () => {
    const missing = await refusal(YANDEX);
    expect(missing.message).toBe('no folder for yandex: the environment variable YANDEX_FOLDER_ID is not set');
    expect(missing.hint).toContain('YANDEX_FOLDER_ID=<your folder>');
    const strange = await refusal({ ...YANDEX, env: { ...YANDEX.env, YANDEX_FOLDER_ID: 'b1g папка' } });
    expect(strange.message).toBe('the folder of yandex has a character that no request carries');
  });

  it.each([
    ['openai', 'folder: b1g', 'providers.openai.folder: this provider has no folder'],
    ['openai', 'scope: X', 'providers.openai.scope: this provider has no scope'],
    ['openai', 'authUrl: https://a.invalid', 'providers.openai.authUrl: this provider has no access tokens'],
    ['gigachat', 'folder: b1g', 'providers.gigachat.folder: this provider has no folder'],
  ])('is not %s with "%s"', async (name, setting, message) => {
    const given = {
      flags: { model: [`${name}/m`] },
      env: GIGACHAT.env,
      yaml: `providers: { ${name}: { ${setting} } }`,
    };
    expect((await refusal(given)).message).toBe(message);
  });
});

describe('a local server', () => {
  it('has its usual address, and needs no key wherever it is', async () => {
    const flags = { model: ['ollama/llama3.2', 'llamacpp/m', 'vllm/org/m', 'far/m'] };
    const yaml = 'providers: { far: { kind: ollama, baseUrl: "http://10.0.0.5:11434/v1" } }';
    const { endpoints } = await configure({ flags, yaml });
    expect(endpoints.map(({ baseUrl, apiKey }) => [baseUrl, apiKey])).toEqual([
      ['http://127.0.0.1:11434/v1', null],
      ['http://127.0.0.1:8080/v1', null],
      ['http://127.0.0.1:8000/v1', null],
      ['http://10.0.0.5:11434/v1', null],
    ]);
    const keyed = await configure({ flags, yaml, env: { OLLAMA_API_KEY: 'ollama-key-1' } });
    expect(keyed.endpoints[0]?.apiKey?.reveal()).toBe('ollama-key-1');
  });
});

describe('Azure without an address', () => {
  it('asks for one in its form', async () => {
    const refused = await refusal({ flags: { model: ['azure/chat-1'] }, env: { AZURE_OPENAI_API_KEY: 'azure-key-1' } });
    expect(refused.message).toBe('the provider azure has no address of its own');
    expect(refused.hint).toContain('https://<resource>.openai.azure.com/openai/v1');
  });
});

describe.skipIf(!hasOpenssl)('a file of certificates (needs openssl)', () => {
  it('is trusted for the provider that it is given for', async (context) => {
    const { file, certificate } = await ownCa(context);
    const both = { ...GIGACHAT.flags, model: ['gigachat/GigaChat', 'openai/gpt-4o'] };
    const { endpoints } = await configure({ ...GIGACHAT, flags: { ...both, provider: 'gigachat', caFile: file } });
    expect(endpoints.map(({ certificates }) => certificates)).toEqual([[certificate], []]);
    const yaml = `providers: { openai: { caFile: "${file}" } }`;
    const other = await configure({ ...GIGACHAT, flags: both, yaml });
    expect(other.endpoints.map(({ certificates }) => certificates.length)).toEqual([0, 1]);
  });

  it('may hold several certificates with words between them, or one in DER', async (context) => {
    const [one, two] = [await ownCa(context), await ownCa(context)];
    const folder = await makeFolder({ 'both.pem': `# one\r\n${one.certificate}\r\n# two\n${two.certificate}` });
    const der = join(folder, 'one.cer');
    await writeFile(der, new X509Certificate(await readFile(one.file)).raw);
    expect(await readCertificates(join(folder, 'both.pem'))).toEqual([one.certificate, two.certificate]);
    expect(await readCertificates(der)).toEqual([one.certificate]);
  });

  it('needs consent if a project file names it, also for the provider’s own address', async (context) => {
    const { file } = await ownCa(context);
    const own = 'https://api.openai.com/v1';
    expect(await consents(`providers: { openai: { caFile: "${file}" } }`)).toEqual([
      [true, false, `${own}, trusting the certificates in ${file}`],
    ]);
    expect(await consents('', { provider: 'openai', caFile: file })).toEqual([[false, true, own]]);
    const here = `providers: { openai: { caFile: "${file}", baseUrl: "https://127.0.0.1:1/v1" } }`;
    expect((await consents(here))?.map((one) => (Array.isArray(one) ? one[0] : one))).toEqual([false]);
  });
});

it.each([
  ['absent.pem', null, 'cannot be read'],
  ['empty.pem', '', 'has no certificate'],
  ['key.pem', 'MIIB', 'has no certificate'],
  ['broken.pem', '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n', 'has a broken certificate'],
])('a file %s that is none of certificates is refused', async (name, text, what) => {
  const files = text === null ? {} : { [name]: text };
  const refused = await refusal({ flags: { caFile: `@${name}` }, files });
  expect(refused.message).toMatch(new RegExp(`^--ca-file: \\S+${name} ${what}$`));
});
