// The real desktop window: the same page over the router in its own process, with no port open.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { artifact, program, temporaryFolder } from '../support/paths.mjs';
import { admin, company } from '../support/people.mjs';
import { openWindow } from '../support/webdriver.mjs';

const LIMIT = { timeout: 120_000 };
const button = (name) => `//button[normalize-space()='${name}']`;
const field = (label) => `//input[@id=//label[starts-with(normalize-space(), '${label}')]/@for]`;

let home;
let window;

before(async () => {
  home = temporaryFolder('window');
  window = await openWindow(program('muster-desktop'), ['--data-dir', home.path]);
});

after(async () => {
  await window?.close();
  home?.remove();
});

test('the first run makes a workspace on the embedded database', LIMIT, async () => {
  await window.sees('Where data is kept');
  assert.equal(new URL(await window.url()).protocol, 'app:');
  await window.screenshot(artifact('window-first-run.png'));
  await window.click(button('Continue to who runs it'));
  await window.type(field('Your name'), admin.name);
  await window.type(field('Company or workspace'), company);
  await window.type(field('Email'), admin.email);
  await window.type(field('Password'), admin.password);
  await window.click(button('Create and continue'));
  await window.sees('Something to look at');
  await window.screenshot(artifact('window-created.png'));
});
