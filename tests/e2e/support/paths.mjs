// Where things are, and a folder of its own for every run.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const target = process.env.CARGO_TARGET_DIR ?? join(root, 'target');
export const program = (name) => join(target, 'debug', name);

/** A temporary folder; `remove()` deletes it. */
export function temporaryFolder(name) {
  const path = mkdtempSync(join(tmpdir(), `muster-${name}-`));
  return { path, remove: () => rmSync(path, { recursive: true, force: true, maxRetries: 5 }) };
}

/** The file in artifacts/ that a screenshot goes to. */
export function artifact(name) {
  const folder = join(root, 'artifacts');
  mkdirSync(folder, { recursive: true });
  return join(folder, name);
}

/** A port of the loopback address that was free a moment ago. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
