// A campaign plan as people make it: the example, a slip in its text that is shown and mended, its start, who is where, the way
// of one person, and its end.
import assert from 'node:assert/strict';
import { shoot, wear } from '../support/browser.mjs';
import { ask, make, send } from '../support/controls.mjs';
import { desk, moveIn } from '../support/desk.mjs';
import { artifact } from '../support/paths.mjs';

const people = ['Wanjiru Kamau', 'Otieno Odhiambo', 'Christophe-Alexandre Ntaganda Mukamusoni wa Rusizi'];
const long = 'An introduction for everybody who asked about the new offers for farmers in the counties of the coast this year';

const { amina, step } = await desk();

step('there is no plan yet, and an example to begin with', async () => {
  await moveIn(amina, '/plans');
  await amina.getByText('No plan yet').waitFor();
  await shoot(amina, 'plans-empty', { variants: true });
  const customerIds = [];
  for (const [at, name] of people.entries()) {
    const [firstName, ...rest] = name.split(' ');
    const body = { firstName, lastName: rest.join(' '), email: `p${at}@example.com` };
    customerIds.push((await make(amina, '/customers', body)).id);
  }
  const segment = await make(amina, '/segments', { name: 'Asked for news', type: 'static' });
  await make(amina, `/segments/${segment.id}/members`, { customerIds });
  const settings = await send(amina, 'PATCH', '/settings', { approvalRequired: false });
  assert.ok(settings.status < 300, JSON.stringify(settings.error));
});

step('the example is drawn; what is wrong with its text is named, marked and mended', async () => {
  await amina.getByRole('button', { name: 'Begin with an example' }).click();
  await amina.getByRole('button', { name: /^email_bump_1/ }).waitFor();
  await amina.getByText('opened within 3 days', { exact: true }).waitFor();
  const plan = await written();
  // It is not night for this plan, whenever the test runs.
  delete plan.quietHours;
  plan.nodes[0].transitions[1].to = 'email_bump';
  await write(plan);
  await amina.getByText('There is no node email_bump. Did you mean email_bump_1?').waitFor();
  await amina.getByRole('button', { name: /^email_bump not written yet/ }).waitFor();
  await shoot(amina, 'plans-problem', { variants: true });
  await amina.getByRole('button', { name: /nodes\[0\]\.transitions\[1\]\.to$/ }).click();
  plan.nodes[0].transitions[1].to = 'email_bump_1';
  await write(plan);
  await amina.getByText('There is no node email_bump.').waitFor({ state: 'detached' });
});

step('it is saved with its people and started', async () => {
  await amina.getByLabel('Name of the plan').fill(long);
  await amina.getByRole('combobox', { name: 'Who goes through it' }).click();
  await amina.getByRole('option', { name: 'Asked for news' }).click();
  await amina.keyboard.press('Escape');
  await amina.getByRole('button', { name: /^Create plan/ }).click();
  await amina.waitForURL(/\/plans\/[0-9a-f-]{36}$/);
  await amina.getByText('Nobody is in this plan yet').waitFor();
  await shoot(amina, 'plans-draft', { variants: true });
  await amina.getByRole('button', { name: 'Start now…' }).click();
  const dialog = amina.getByRole('dialog');
  await dialog.getByText('3 people begin now.').waitFor();
  await dialog.getByRole('button', { name: 'Start plan' }).click();
  await dialog.waitFor({ state: 'detached' });
});

step('the picture says how many are where, and a person’s way is told', async () => {
  await amina.getByRole('button', { name: /^email_intro.*3 people are here/ }).waitFor();
  await amina.getByRole('button', { name: /^email_intro/ }).click();
  await amina.getByText('At email_intro', { exact: true }).waitFor();
  const row = amina.getByRole('row', { name: /Wanjiru Kamau/ });
  await row.waitFor();
  await shoot(amina, 'plans-running', { variants: true });
  await row.click();
  const way = amina.getByRole('dialog');
  await way.getByText('Enrolled at email_intro').waitFor();
  await shoot(amina, 'plans-way');
  await amina.keyboard.press('Escape');
  await way.waitFor({ state: 'detached' });
  await amina.goto('/plans');
  await amina.getByRole('link', { name: long }).waitFor();
  await shoot(amina, 'plans-list', { variants: true });
});

step('what somebody else saved meanwhile is said, and one of the two is kept', async () => {
  const [{ id }] = await ask(amina, '/plans');
  const answered = async (subject) => {
    const { plan, version } = await ask(amina, `/plans/${id}`);
    plan.nodes[0].subject = subject;
    return { plan, version };
  };
  const both = async (subject) => {
    await amina.goto(`/plans/${id}/edit`);
    await amina.getByRole('button', { name: /^email_bump_1/ }).waitFor();
    await write((await answered('Mine')).plan);
    const theirs = await send(amina, 'PATCH', `/plans/${id}`, await answered(subject));
    assert.equal(theirs.status, 200, JSON.stringify(theirs.error));
    await amina.getByRole('button', { name: /^Save plan/ }).click();
    await amina.getByRole('alert').getByText('The two differ in: email_intro.').waitFor();
  };
  await both('Theirs');
  await shoot(amina, 'plans-conflict', { variants: true });
  await amina.getByRole('button', { name: 'Take theirs, lose mine' }).click();
  await amina.getByRole('alert').waitFor({ state: 'detached' });
  await editor().getByText('"Theirs"').first().waitFor();
  await both('Theirs again');
  await amina.getByRole('button', { name: 'Save mine over theirs' }).click();
  await amina.waitForURL((url) => !url.pathname.endsWith('/edit'));
  assert.equal((await ask(amina, `/plans/${id}`)).plan.nodes[0].subject, 'Mine');
  await amina.goto('/plans');
});

step('it is paused, resumed and cancelled', async () => {
  await amina.getByRole('link', { name: long }).click();
  await amina.getByRole('button', { name: 'Pause', exact: false }).first().click();
  await amina.getByRole('button', { name: 'Resume', exact: false }).first().click();
  await amina.getByRole('button', { name: 'Cancel…' }).click();
  const dialog = amina.getByRole('dialog');
  await dialog.getByText('3 people leave the plan.').waitFor();
  await dialog.getByRole('button', { name: 'Cancel plan' }).click();
  await dialog.waitFor({ state: 'detached' });
  await amina.getByText('Left the plan').first().waitFor();
  const [plan] = await ask(amina, '/plans');
  assert.deepEqual([plan.status, plan.contacts.active, plan.contacts.exited], ['cancelled', 0, 3]);
  await amina.getByRole('button', { name: /^email_intro.*3 people were here/ }).waitFor();
  await shoot(amina, 'plans-over', { variants: true });
});

step('it says the same in Kiswahili', async () => {
  await amina.evaluate(() => localStorage.setItem('muster.language', 'sw'));
  await amina.reload();
  await amina.getByText('Ametoka').first().waitFor();
  await amina.screenshot({ path: artifact('plans-sw.png') });
  await wear(amina, 'dark');
  await amina.goto('/plans/new?from=example');
  await amina.getByRole('button', { name: /^email_bump_1/ }).waitFor();
  await amina.screenshot({ path: artifact('plans-editor-sw-dark.png') });
});

const editor = () => amina.getByRole('textbox', { name: 'The plan, in JSON' });

/** The example as the API publishes it, on the workspace's clock. */
async function written() {
  const answer = await amina.request.get('/api/v1/plans/schema');
  const { examples } = await answer.json();
  return { ...examples[0], timezone: 'Africa/Nairobi' };
}

async function write(plan) {
  await editor().click();
  await editor().press('ControlOrMeta+a');
  await editor().press('Delete');
  await amina.keyboard.insertText(JSON.stringify(plan, null, 2));
}
