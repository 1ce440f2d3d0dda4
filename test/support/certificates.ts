import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Ending } from './http-server.ts';

/** False on machines that cannot make certificates. */
export const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

/** A certificate of a CA that no machine knows, for servers on 127.0.0.1 and 127.0.0.2. */
export interface OwnCa {
  /** The CA's certificate: its file, and its text in PEM. */
  readonly file: string;
  readonly certificate: string;
  /** The server's. */
  readonly tls: { readonly key: string; readonly cert: string };
}

/** Makes one in a folder that ends with the test. */
export async function ownCa({ onTestFinished }: Ending): Promise<OwnCa> {
  const folder = await mkdtemp(join(tmpdir(), 'promptgrid-ca-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = (name: string): string => join(folder, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...curve,
    '-days',
    '2',
    '-subj',
    `/CN=${basename(folder)}`,
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
  );
  openssl('req', ...curve, '-subj', '/CN=127.0.0.1', '-keyout', path('server.key'), '-out', path('server.csr'));
  await writeFile(path('names'), 'subjectAltName=IP:127.0.0.1,IP:127.0.0.2\n');
  const signing = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', '2'];
  openssl('x509', '-req', '-in', path('server.csr'), ...signing, '-extfile', path('names'), '-out', path('server.pem'));
  const read = (name: string): Promise<string> => readFile(path(name), 'utf8');
  const tls = { key: await read('server.key'), cert: await read('server.pem') };
  return { file: path('ca.pem'), certificate: await read('ca.pem'), tls };
}

function openssl(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('openssl', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`openssl ${words[0]}: ${stderr}`);
}
