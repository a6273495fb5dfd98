// Step 1: the first run by clicking, and the people who work here.
import assert from 'node:assert/strict';
import { admin, approver, company, salesRep, signIn } from '../../support/people.mjs';
import { ask } from '../../support/controls.mjs';

export function peopleSteps(step, world) {
  step('1. the first run makes an empty workspace on the chosen database', async () => {
    const { amina } = world;
    await amina.goto('/');
    await amina.getByRole('heading', { name: 'Where data is kept' }).waitFor();
    if (world.engine === 'postgres') await chooseTeamDatabase(world);
    await amina.getByRole('button', { name: 'Continue to who runs it' }).click();
    await amina.getByLabel('Your name').fill(admin.name);
    await amina.getByLabel('Company or workspace').fill(company);
    await amina.getByLabel('Email').fill(admin.email);
    await amina.getByLabel('Password', { exact: true }).fill(admin.password);
    await amina.getByRole('button', { name: 'Create and continue' }).click();
    await amina.getByText('Empty workspace').click();
    await world.shoot(amina, '01-empty-workspace');
    await amina.getByRole('button', { name: 'Open empty workspace' }).click();
    await amina.waitForURL((url) => url.pathname === '/');
    await amina.getByRole('heading', { level: 1 }).waitFor();
    await world.shoot(amina, '01-home-empty');
    assert.deepEqual(await world.row('SELECT count(*) AS n FROM users'), { n: 1 });
  });

  step('1. an approver and a sales rep are invited and choose their own passwords', async () => {
    const { amina } = world;
    await amina.goto('/settings/people');
    const passwords = {
      [approver.email]: await invite(amina, approver, 'Approver'),
      [salesRep.email]: await invite(amina, salesRep, 'Sales rep'),
    };
    await amina.getByText(salesRep.email).waitFor();
    await world.shoot(amina, '01-people');
    world.brian = await arrive(world, approver, passwords[approver.email]);
    world.zuri = await arrive(world, salesRep, passwords[salesRep.email]);
    assert.equal((await ask(world.zuri, '/session')).user.role, 'sales_rep');
  });
}

/** The address is typed into the first screen; the server uses it from its next start on. */
async function chooseTeamDatabase({ amina, server, databaseUrl }) {
  await amina.getByText('Team database').click();
  await amina.getByLabel('Address of the database').fill(databaseUrl);
  await amina.getByRole('button', { name: 'Use team database' }).click();
  await amina.getByText('Start muster-server again').waitFor();
  await server.restart();
  await amina.goto('/');
  await amina.getByText('PostgreSQL', { exact: true }).waitFor();
}

/** Gives the password that is shown once. */
async function invite(page, person, role) {
  await page.getByRole('button', { name: 'Invite person' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill(person.name);
  await dialog.getByLabel('Email').fill(person.email);
  await dialog.getByRole('radio', { name: role }).check();
  await dialog.getByRole('button', { name: 'Invite person' }).click();
  await dialog.getByText('It is not shown again.').waitFor();
  const password = await dialog.locator('code').innerText();
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  await dialog.waitFor({ state: 'detached' });
  return password;
}

/** A person at a desk of their own signs in with the given password and has to choose another. */
async function arrive(world, person, given) {
  const page = await world.browser.person(world.server.origin);
  await page.goto('/');
  await signIn(page, { email: person.email, password: given });
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor();
  await page.getByLabel('Password now').fill(given);
  await page.getByLabel('New password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Keep new password' }).click();
  await page.getByText('Your new password works from now on.').waitFor();
  return page;
}
