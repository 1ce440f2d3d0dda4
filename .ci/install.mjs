// Installs the packages of package-lock.json when they are missing or older than that file.
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** When a file of the repository was last written, in milliseconds since 1970; 0 where it does not exist. */
function writtenAtMs(path) {
  return statSync(new URL(`../${path}`, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

// npm writes this file last, so an install that was interrupted counts as missing.
if (writtenAtMs('node_modules/.package-lock.json') < writtenAtMs('package-lock.json')) {
  // Building needs the development packages even where NODE_ENV=production would leave them out.
  const words = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const options = { cwd: root, stdio: 'inherit' };
  const ended =
    npm === undefined
      ? spawnSync('npm', words, { ...options, shell: process.platform === 'win32' })
      : spawnSync(process.execPath, [npm, ...words], options);
  if (ended.error !== undefined) console.error(`npm could not be started: ${ended.error.message}`);
  process.exitCode = ended.status ?? 1;
}
