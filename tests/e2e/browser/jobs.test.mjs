// Jobs as people run them: an example, a schedule, a run that is watched, a step that fails and is run again, a pause.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after } from 'node:test';
import { shoot } from '../support/browser.mjs';
import { ask, pick, send } from '../support/controls.mjs';
import { desk, moveIn } from '../support/desk.mjs';
import { temporaryFolder } from '../support/paths.mjs';
import { until } from '../support/wait.mjs';

const scheduled = 'Segment Evaluation - Black Friday';
const segment = 'Morning readers';
/** The first step says how far it has come, and goes on when it was seen. */
const folder = temporaryFolder('progress');
const seen = join(folder.path, 'seen');
after(() => folder.remove());
const prepare = `echo "figures of the morning"
echo "::progress 0.4"
until [ -e '${seen}' ]; do sleep 0.1; done`;
/** Its query finds nobody's segment at first: the step fails until somebody has made it. */
const morning = {
  code: 'morning-figures',
  name: 'Morning figures',
  steps: [
    shell(1, 'prepare', 'Prepare the day', prepare),
    { ...following('prepare', 2, 'settle', 'Let it settle'), step_type: 'wait', step_action: { seconds: 1 } },
    {
      ...following('settle', 3, 'look', 'Look for the segment'),
      step_type: 'sql',
      step_action: `SELECT id FROM segments WHERE name = '${segment}'`,
      expected_row_count_min: 1,
      on_failure_action: 'abort',
    },
    {
      ...following('look', 4, 'tell', 'Tell the team'),
      step_type: 'notification',
      step_action: { channel: 'desktop', subject: 'Figures are in', message: 'Have a look.' },
    },
  ],
};

const { amina, step } = await desk();

step('an example is looked at and imported', async () => {
  await moveIn(amina, '/jobs');
  await amina.getByRole('button', { name: 'Import Black Friday chain' }).click();
  const dialog = amina.getByRole('dialog');
  await dialog.getByText('This is what the file would do:').waitFor();
  await dialog.getByRole('button', { name: 'Import 4 jobs' }).click();
  await dialog.waitFor({ state: 'detached' });
  await amina.getByRole('link', { name: scheduled }).waitFor();
  await shoot(amina, 'jobs-imported', { variants: true });
});

step('the list is narrowed down to a kind of jobs', async () => {
  await pick(amina, 'Filter', 'Message delivery');
  await amina.keyboard.press('Escape');
  await amina.getByRole('link', { name: scheduled }).waitFor({ state: 'detached' });
  await amina.getByRole('link', { name: 'Message Delivery - Black Friday' }).waitFor();
  await shoot(amina, 'jobs-of-a-kind', { variants: true });
  await amina.getByRole('button', { name: 'Remove filter Kind: Message delivery' }).click();
  await amina.getByRole('link', { name: scheduled }).waitFor();
});

step('its schedule is changed in the editor, which says it in words', async () => {
  await amina.getByRole('link', { name: scheduled }).click();
  await amina.getByRole('button', { name: 'Edit job' }).click();
  await amina.getByText('When it runs').first().click();
  await amina.getByLabel('At', { exact: true }).fill('06:30');
  await amina.getByText('At 06:30, every day').waitFor();
  await shoot(amina, 'jobs-schedule');
  await amina.getByRole('button', { name: /^Save job/ }).click();
  await amina.waitForURL((url) => !url.pathname.endsWith('/edit'));
  await amina.getByText('Tomorrow 06:30').or(amina.getByText('Today 06:30')).first().waitFor();
  const jobs = await ask(amina, '/jobs?kind=own');
  assert.equal(jobs.find((job) => job.name === scheduled).cronExpression, '30 6 * * *');
});

step('a job file is pasted and run; the page follows it to the step that fails', async () => {
  await amina.goto('/jobs');
  await amina.getByRole('button', { name: 'Import…', exact: true }).click();
  const dialog = amina.getByRole('dialog');
  await dialog.getByLabel('Or paste its text').fill(JSON.stringify({ jobs: [morning] }));
  await dialog.getByRole('button', { name: 'Look at it' }).click();
  await dialog.getByRole('button', { name: 'Import 1 job' }).click();
  await dialog.waitFor({ state: 'detached' });
  await amina.getByRole('link', { name: morning.name }).click();
  await amina.getByRole('button', { name: 'Run now…' }).click();
  await dialog.getByRole('button', { name: 'Run now' }).click();
  await amina.waitForURL('**/executions/*');
  const log = amina.getByRole('log');
  await log.getByText('figures of the morning').waitFor();
  await until('both bars say how far it is', async () => {
    const bars = await amina.getByRole('progressbar', { name: 'How far Prepare the day is' }).all();
    const values = await Promise.all(bars.map((bar) => bar.getAttribute('aria-valuenow')));
    return values.join(' ') === '40 40';
  });
  await amina.getByRole('button', { name: /^Prepare the day.*40%/ }).waitFor();
  await shoot(amina, 'jobs-progress', { variants: true });
  writeFileSync(seen, '');
  await row(amina, 'Let it settle', 'Succeeded').waitFor();
  await row(amina, 'Look for the segment', 'Failed').waitFor();
  await row(amina, 'Tell the team', 'Left out').waitFor();
  assert.equal(await amina.getByText(/found 0 rows/).count(), 1, 'why it failed is said once');
  await shoot(amina, 'jobs-failed', { variants: true });
});

step('the cause is mended and the run goes on from there, without what was done', async () => {
  const made = await send(amina, 'POST', '/segments', { name: segment, type: 'static' });
  assert.equal(made.status, 201, JSON.stringify(made.error));
  const failed = amina.url();
  await amina.getByRole('button', { name: 'Rerun from failed step' }).click();
  await amina.waitForURL((url) => url.href !== failed && url.pathname.includes('/executions/'));
  await row(amina, 'Tell the team', 'Succeeded').waitFor();
  await amina.getByRole('button', { name: 'Run again' }).waitFor();
  const run = await ask(amina, `/executions/${amina.url().split('/').pop()}`);
  assert.deepEqual([run.executionStatus, run.rerunFrom], ['success', 'look']);
  assert.deepEqual(
    run.steps.map((one) => one.status),
    ['success', 'success', 'success', 'success'],
  );
  await shoot(amina, 'jobs-rerun', { variants: true });
});

step('a run from the start is followed to its end', async () => {
  const earlier = amina.url();
  await amina.getByRole('button', { name: 'Run again' }).click();
  await amina.waitForURL((url) => url.href !== earlier && url.pathname.includes('/executions/'));
  await amina.getByRole('button', { name: 'Stop run…' }).waitFor();
  await row(amina, 'Tell the team', 'Succeeded').waitFor();
  await amina.getByRole('button', { name: 'Run again' }).waitFor();
});

step('the job is paused and resumed, and all of them are', async () => {
  await amina.goto('/jobs');
  await amina.getByRole('link', { name: morning.name }).click();
  await amina.getByRole('button', { name: 'Pause', exact: true }).click();
  await amina.getByText('The job is paused.').waitFor();
  await amina.getByRole('button', { name: 'Resume', exact: true }).click();
  await amina.getByText('It starts when somebody starts it.').waitFor();
  await amina.goto('/jobs');
  await pick(amina, 'More about all jobs', 'Pause all jobs…');
  await amina.getByRole('dialog').getByRole('button', { name: 'Pause all jobs' }).click();
  await amina.getByText('All jobs are paused').waitFor();
  await shoot(amina, 'jobs-paused');
  const jobs = await ask(amina, '/jobs?kind=own');
  assert.deepEqual([...new Set(jobs.map((job) => job.status))], ['paused']);
});

/** A row of the picture of when each step ran, once it is that far. */
const row = (page, name, status) => page.getByRole('row', { name: new RegExp(`^${name}, ${status}`) });

function shell(step_order, step_code, step_name, step_action) {
  return { step_order, step_code, step_name, step_type: 'shell_script', step_action };
}

function following(other, step_order, step_code, step_name) {
  return { step_order, step_code, step_name, depends_on_step_codes: [other] };
}
