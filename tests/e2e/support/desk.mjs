// Where most tests in a browser begin: a server of their own, and its administrator at her desk.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { openBrowser } from './browser.mjs';
import { admin, signIn, workspace } from './people.mjs';
import { startServer } from './server.mjs';
import { steps } from './step.mjs';

/** An empty server, a browser with a page of Amina's, and `step` (see `steps`). All are gone after the tests of the file. */
export async function desk() {
  const server = await startServer();
  let browser;
  after(async () => {
    await browser?.close();
    await server.stop();
  });
  browser = await openBrowser();
  const amina = await browser.person(server.origin);
  return { server, browser, amina, step: steps(() => browser) };
}

/** Makes the workspace, and has its administrator sign in on the way to a page. */
export async function moveIn(amina, path) {
  const made = await amina.request.post('/api/v1/setup', { data: workspace });
  assert.equal(made.ok(), true, await made.text());
  await amina.goto(path);
  await signIn(amina, admin);
}
