// The first run and signing in, as people do it in their browsers: each step stands on the ones before it.
import assert from 'node:assert/strict';
import { shoot } from '../support/browser.mjs';
import { desk } from '../support/desk.mjs';
import { admin, company, signIn } from '../support/people.mjs';

const { server, browser, amina, step } = await desk();

step('the first run makes a workspace and its administrator', async () => {
  await amina.goto('/');
  await amina.getByRole('heading', { name: 'Where data is kept' }).waitFor();
  await shoot(amina, '01-first-run', { variants: true });
  await amina.getByRole('button', { name: 'Continue to who runs it' }).click();
  await amina.getByLabel('Your name').fill(admin.name);
  await amina.getByLabel('Company or workspace').fill(company);
  await amina.getByLabel('Email').fill(admin.email);
  await amina.getByLabel('Password', { exact: true }).fill(admin.password);
  await shoot(amina, '01-administrator');
  await amina.getByRole('button', { name: 'Create and continue' }).click();
  await amina.getByRole('heading', { name: 'Something to look at' }).waitFor();
  await amina.getByRole('button', { name: 'Load sample workspace' }).click();
  await amina.getByText('Running now').waitFor();
  await amina.getByText('Q1 Broker Outreach').first().waitFor();
  await shoot(amina, '01-home-sample', { variants: true });
});

step('every screen opens on the sample workspace', async () => {
  const screens = {
    campaigns: 'Weekend data win-back',
    approvals: 'Back-to-school data bundle',
    board: 'Account manager',
    customers: 'Customers',
    segments: 'Segments',
    offers: 'Offers',
    templates: 'Templates',
    catalogue: 'Products & rewards',
    jobs: 'Q1 Broker Outreach',
    sandbox: 'Test inbox',
    settings: 'Workspace',
  };
  const broken = [];
  amina.on('pageerror', (error) => broken.push(error.message));
  for (const [path, text] of Object.entries(screens)) {
    await amina.goto(`/${path}`);
    await amina.getByText(text).first().waitFor();
    await shoot(amina, `02-${path}`);
  }
  assert.deepEqual(broken, []);
});

step('somebody who is not signed in sees nothing, and a wrong password is said', async () => {
  const stranger = await browser.person(server.origin);
  const refused = await stranger.request.get('/api/v1/session');
  assert.equal(refused.status(), 401);
  await stranger.goto('/campaigns');
  await signIn(stranger, { email: admin.email, password: 'not the password' });
  await stranger.getByRole('alert').waitFor();
  await shoot(stranger, '01-sign-in-refused');
  await stranger.getByLabel('Password', { exact: true }).fill(admin.password);
  await stranger.getByRole('button', { name: 'Sign in' }).click();
  await stranger.waitForURL('**/campaigns');
  await stranger.context().close();
});
