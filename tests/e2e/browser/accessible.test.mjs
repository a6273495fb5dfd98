// Every screen, in both themes, for those who work with a screen reader, a magnifier or the keyboard alone: what axe-core
// finds serious or critical fails, and the ways through graphs, tables and the editor are walked by key.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faults } from '../support/accessible.mjs';
import { wear } from '../support/browser.mjs';
import { ask, send } from '../support/controls.mjs';
import { desk, moveIn } from '../support/desk.mjs';
import { root } from '../support/paths.mjs';
import { until } from '../support/wait.mjs';

/** A step that works, one that fails, one that is left out. */
const nightly = {
  code: 'nightly',
  name: 'Nightly report',
  schedule_type: 'cron',
  cron_expression: '0 2 * * *',
  parameters: { campaign_id: { type: 'id', description: 'The campaign that it is about' } },
  steps: [
    script(1, 'prepare', 'Prepare', 'echo ready'),
    script(2, 'look', 'Look for the file', 'echo "no such file" >&2; exit 3'),
    script(3, 'tell', 'Tell the team', 'echo done'),
  ],
};

const { amina, step } = await desk();
let screens;

step('a workspace with something on every screen', async () => {
  await moveIn(amina, '/jobs');
  await amina.getByRole('heading', { name: 'Jobs' }).waitFor();
  assert.equal((await send(amina, 'POST', '/setup/sample', {})).success, true);
  const chain = JSON.parse(readFileSync(join(root, 'crates/domain/src/job/examples/campaign-chain.json')));
  for (const file of [chain, { jobs: [nightly] }]) {
    assert.equal((await send(amina, 'POST', '/jobs/import', file)).success, true);
  }
  const job = (await ask(amina, '/jobs?kind=own')).find((one) => one.code === nightly.code);
  const { data: run } = await send(amina, 'POST', `/jobs/${job.id}/run`, { parameters: {} });
  const ended = async () => (await ask(amina, `/executions/${run.id}`)).executionStatus === 'failure';
  await until('the run has failed', ended);
  const first = async (path) => (await ask(amina, `${path}?pageSize=1`))[0].id;
  const campaign = (await ask(amina, '/campaigns?status=running'))[0].id;
  screens = [
    '/',
    '/campaigns',
    `/campaigns/${campaign}`,
    ...['live', 'recipients', 'responses', 'history', 'jobs'].map((tab) => `/campaigns/${campaign}?tab=${tab}`),
    '/campaigns/new',
    '/approvals',
    `/approvals/${await first('/approvals')}`,
    '/board',
    '/customers',
    `/customers/${await first('/customers')}`,
    '/customers/import',
    '/customers/suppressions',
    '/segments',
    `/segments/${await first('/segments')}`,
    '/offers',
    `/offers/${await first('/offers')}`,
    '/offers/new',
    '/templates',
    '/catalogue',
    '/jobs',
    '/jobs/runs',
    '/jobs/timeline',
    '/jobs/graph',
    '/jobs/alerts',
    '/jobs/undelivered',
    '/jobs/waiting',
    '/jobs/scripts',
    '/jobs/new',
    `/jobs/${job.id}`,
    `/jobs/${job.id}/edit`,
    `/jobs/${job.id}/edit?step=look`,
    `/jobs/${job.id}/executions/${run.id}`,
    '/sandbox',
    ...['', '/sending', '/mailboxes', '/policy', '/jobs', '/people', '/tokens', '/audit'].map((part) => `/settings${part}`),
  ];
});

const wide = { width: 1280, height: 860 };
const looks = [
  { theme: 'light', size: wide },
  { theme: 'dark', size: { width: 1024, height: 700 } },
];
for (const { theme, size } of looks) {
  step(`no screen stops anybody, ${theme} and ${size.width} wide`, async () => {
    await amina.setViewportSize(size);
    await wear(amina, theme);
    const found = [];
    for (const path of screens) {
      await amina.goto(path);
      await amina.getByRole('navigation').first().waitFor();
      // What comes later than the frame: rows, pictures, editors.
      await amina.waitForLoadState('networkidle');
      await amina.waitForFunction(() => !document.querySelector('[role=status][aria-label=Loading], [aria-busy=true]'));
      found.push(...(await faults(amina)).map((fault) => `${path}: ${fault}`));
    }
    assert.deepEqual(found, []);
    await wear(amina, 'light');
    await amina.setViewportSize(wide);
  });
}

step('dialogs of jobs stop nobody either', async () => {
  await amina.goto('/jobs');
  await amina.getByRole('button', { name: 'Run Nightly report now' }).click();
  const dialog = amina.getByRole('dialog');
  await dialog.getByRole('combobox', { name: 'Campaign' }).click();
  await amina.getByRole('option').first().waitFor();
  assert.deepEqual(await faults(amina), []);
  await amina.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();
  await amina.getByRole('button', { name: 'Import…', exact: true }).click();
  await dialog.getByLabel('Or paste its text').waitFor();
  assert.deepEqual(await faults(amina), []);
});

step('the graph of a run is walked by arrow keys, and its boxes say what they are', async () => {
  const run = screens.find((path) => path.includes('/executions/'));
  await amina.goto(run);
  const graph = amina.getByRole('group', { name: /Steps of this run/ });
  const failed = graph.getByRole('button', { name: /Look for the file.*Failed.*after Prepare/ });
  await failed.waitFor();
  // One stop for the whole picture: the step that needs somebody.
  assert.equal(await graph.locator('[data-box][tabindex="0"]').count(), 1);
  await failed.focus();
  await amina.keyboard.press('ArrowLeft');
  assert.equal(await focused(amina), 'prepare');
  await amina.keyboard.press('ArrowRight');
  await amina.keyboard.press('ArrowRight');
  assert.equal(await focused(amina), 'tell');
  await amina.keyboard.press('Enter');
  await amina.getByRole('region', { name: 'Tell the team' }).waitFor();
  await amina.getByRole('status').getByText('Nightly report: Failed. Look for the file: Failed').waitFor({ state: 'attached' });
});

step('dependencies are walked and opened by key', async () => {
  await amina.goto('/jobs/graph');
  const graph = amina.getByRole('group', { name: /Dependencies of jobs/ });
  const begins = graph.getByRole('button', { name: /^Segment Evaluation/ });
  await begins.waitFor();
  assert.equal(await graph.locator('[data-box][tabindex="0"]').count(), 1);
  await begins.focus();
  const start = await focused(amina);
  await amina.keyboard.press('ArrowRight');
  // What is out of sight is brought into the middle before it has the focus.
  const chosen = await until('another job has the focus', async () => {
    const now = await focused(amina);
    return now !== start && now;
  });
  await amina.keyboard.press('Enter');
  await amina.waitForURL((url) => url.pathname.startsWith(`/jobs/${chosen}`));
});

step('a schedule is changed and saved without a mouse', async () => {
  const edit = screens.find((path) => path.endsWith('/edit'));
  await amina.goto(edit);
  await amina.getByText('When it runs').first().waitFor();
  const place = amina.getByRole('button', { name: /^When it runs/ });
  await tabTo(amina, place);
  await amina.keyboard.press('Enter');
  await tabTo(amina, amina.getByLabel('At', { exact: true }));
  await amina.keyboard.type('0415');
  await amina.getByText('At 04:15, every day').waitFor();
  const save = amina.getByRole('button', { name: /^Save job/ });
  await tabTo(amina, save);
  await amina.keyboard.press('Enter');
  await amina.waitForURL((url) => !url.pathname.endsWith('/edit'));
  const jobs = await ask(amina, '/jobs?kind=own');
  assert.equal(jobs.find((one) => one.code === nightly.code).cronExpression, '15 4 * * *');
});

const focused = (page) => page.evaluate(() => document.activeElement?.dataset.box);

/** Presses Tab until the element has the focus; a way that does not lead there in 150 steps is none. */
async function tabTo(page, target) {
  for (let n = 0; n < 150; n += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  assert.fail('the Tab key does not lead there');
}

function script(step_order, step_code, step_name, step_action) {
  return { step_order, step_code, step_name, step_type: 'shell_script', step_action };
}
