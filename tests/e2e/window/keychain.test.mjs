// Where the key of an installation is: in the keychain of the desktop when there is one, else in a file.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { program, temporaryFolder } from '../support/paths.mjs';
import { openWindow } from '../support/webdriver.mjs';

const LIMIT = { timeout: 120_000 };

/** Opens the window on a data folder, asks the API whether it is there, and closes the window. */
async function openOnce(dataDir, environment) {
  const window = await openWindow(program('muster-desktop'), ['--data-dir', dataDir], environment);
  try {
    const answer = await window.runAsync(() => fetch('/api/v1/setup').then((got) => got.json()));
    assert.equal(answer.success, true);
  } finally {
    await window.close();
  }
}

/** Starts an unlocked keychain on the session bus; it ends with the bus. */
async function startKeychain() {
  const keychain = spawn('gnome-keyring-daemon', ['--unlock', '--components=secrets'], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  keychain.stdin.end('\n');
  const [code] = await once(keychain, 'exit');
  assert.equal(code, 0);
}

test('without a keychain the key is in a file that only its owner reads', LIMIT, async () => {
  const home = temporaryFolder('no-keychain');
  // Keychains are reached by the session bus.
  const noBus = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent' };
  await openOnce(home.path, noBus);
  const file = join(home.path, 'muster.key');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  const key = readFileSync(file);
  await openOnce(home.path, noBus);
  assert.deepEqual(readFileSync(file), key);
  home.remove();
});

test('with a keychain there is no key file, and the folder opens again', LIMIT, async () => {
  await startKeychain();
  const home = temporaryFolder('keychain');
  try {
    await openOnce(home.path);
    assert.equal(existsSync(join(home.path, 'muster.key')), false);
    assert.equal(existsSync(join(home.path, 'muster.db')), true);
    await openOnce(home.path);
  } finally {
    home.remove();
  }
});
