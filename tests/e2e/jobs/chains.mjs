// The job files that come with Muster, imported and run by a real server, and every way in which a step may fail.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../support/paths.mjs';
import { admin, company } from '../support/people.mjs';
import { jobs, setUp } from '../support/program.mjs';
import { startServer } from '../support/server.mjs';
import { freshPostgres } from '../support/sql.mjs';
import { until } from '../support/wait.mjs';
import { keeps } from './keeps.mjs';

const PEOPLE = 6;
const ENDED = ['success', 'failure', 'aborted', 'timeout', 'cancelled'];

export function chains(engine) {
  let server;
  let api;
  let campaign;
  let segments;

  /** The newest execution of a job, once it has ended. */
  const ended = (code) =>
    until(
      `${code} has run`,
      async () => {
        const found = await api('GET', `/executions?search=${code}`);
        const execution = found.find((one) => one.jobCode === code);
        return execution && ENDED.includes(execution.executionStatus) && api('GET', `/executions/${execution.id}`);
      },
      { timeoutMs: 150_000 },
    );
  const importExample = async (name) => {
    const file = JSON.parse(readFileSync(join(root, `crates/domain/src/job/examples/${name}.json`)));
    const done = await api('POST', '/jobs/import', file);
    assert.deepEqual(
      done.jobs.map((job) => job.outcome),
      done.jobs.map(() => 'created'),
    );
    return done.jobs;
  };
  const succeeded = (execution) => {
    const failed = execution.steps.filter((step) => step.errorMessage).map((step) => `${step.stepCode}: ${step.errorMessage}`);
    assert.equal(execution.executionStatus, 'success', `${execution.jobCode}: ${execution.errorMessage} ${failed}`);
    assert.equal(execution.stepsCompleted, execution.stepsTotal, execution.jobCode);
  };

  before(async () => {
    server = await startServer({ database: engine === 'postgres' ? await freshPostgres() : undefined });
    api = await setUp(server, admin, company);
    for (let n = 0; n < PEOPLE; n += 1) {
      await api('POST', '/customers', { firstName: `P${n}`, email: `p${n}@example.org`, tier: 'VIP', city: 'Nairobi' });
    }
    const everybody = { conditions: [{ field: 'tier', operator: 'equals', value: 'VIP' }] };
    const make = (name, type, criteria) => api('POST', '/segments', { name, type, criteria });
    const all = await make('Everybody', 'dynamic', everybody);
    segments = [await make('VIP customers', 'static'), await make('New customers', 'static')];
    campaign = await api('POST', '/campaigns', {
      name: 'Black Friday Sale 2024',
      channel: 'email',
      segmentIds: [all.id],
      content: { subject: 'Black Friday', textBody: 'Hello {{ first_name }}' },
    });
  });

  after(async () => server?.stop());

  test('the campaign chain follows a campaign from its start to its figures', { timeout: 240_000 }, async () => {
    const chain = await importExample('campaign-chain');
    const blackFriday = await importExample('black-friday-chain');
    await api('POST', `/campaigns/${campaign.id}/start`, {});
    await api('POST', `/jobs/${blackFriday[0].id}/run`, { parameters: { campaign_id: campaign.id } });
    let correlationId;
    for (const { code } of chain) {
      const execution = await ended(code);
      succeeded(execution);
      assert.equal(execution.triggeredBy, code === chain[0].code ? 'event' : 'dependency');
      assert.equal(execution.parameters.campaign_id, campaign.id);
      correlationId ??= execution.correlationId;
      assert.equal(execution.correlationId, correlationId, 'one story');
    }
    const results = (await ended(chain.at(-1).code)).steps[0].output;
    assert.equal(Number(results.sent), PEOPLE);
    for (const { code } of blackFriday) succeeded(await ended(code));
  });

  test('the segments are evaluated side by side, and the command line waits for it', { timeout: 120_000 }, async () => {
    const [job] = await importExample('segment-evaluation');
    const values = { campaign_id: campaign.id, vip_segment_id: segments[0].id, new_segment_id: segments[1].id };
    const params = Object.entries(values).flatMap(([name, value]) => ['--param', `${name}=${value}`]);
    const printed = await jobs(server, 'run', job.code, ...params, '--wait', '--json');
    const execution = await api('GET', `/executions/${JSON.parse(printed).id}`);
    succeeded(execution);
    const step = (code) => execution.steps.find((one) => one.stepCode === code);
    assert.deepEqual(step('store-members').waitsFor, [
      'validate-campaign',
      'get-segment-conditions',
      'evaluate-segment-vip',
      'evaluate-segment-new',
    ]);
    assert.equal((await api('GET', `/segments/${segments[0].id}/members`)).length, PEOPLE);
    const log = await jobs(server, 'logs', execution.id);
    assert.match(log, /store-members/);
    // The trace id of a run leads to the lines of the program's own log, and from there back to the run.
    const folder = join(server.dataDir, 'logs');
    const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').trim().split('\n'));
    const spans = lines.flatMap((line) => JSON.parse(line).spans ?? []).filter((span) => span.traceId === execution.traceId);
    assert.ok(spans.length >= 2, 'its begin and its end');
    assert.deepEqual([...new Set(spans.map((span) => [span.job, span.correlationId].join()))], [[job.code, execution.correlationId].join()]);
    const found = await api('GET', `/executions?search=${execution.traceId}`);
    assert.deepEqual(
      found.map((one) => one.id),
      [execution.id],
    );
  });

  keeps(() => ({ server, api }));

  test('every failure action does what it says', { timeout: 120_000 }, async () => {
    const failing = { step_type: 'sql', step_action: 'SELECT 1 AS one', expected_row_count_min: 5 };
    const job = (action, more) => ({
      code: `on-${action.replace('_', '-')}`,
      schedule_type: 'manual',
      steps: [
        { step_order: 1, step_code: 'fails', on_failure_action: action, ...failing, ...more },
        { step_order: 2, step_code: 'next', step_type: 'sql', step_action: 'SELECT 2 AS two' },
      ],
    });
    const file = {
      jobs: [
        job('abort'),
        job('continue', { is_critical: false }),
        job('retry', { retry_count: 2, retry_delay_seconds: 1 }),
        job('skip_remaining', { is_critical: false }),
      ],
    };
    const path = join(server.dataDir, 'failures.json');
    writeFileSync(path, JSON.stringify(file));
    await jobs(server, 'import', path);
    const expected = {
      'on-abort': ['failure', 'skipped', 1],
      'on-continue': ['success', 'success', 1],
      'on-retry': ['failure', 'skipped', 3],
      'on-skip-remaining': ['success', 'skipped', 1],
    };
    for (const [code, [status, next, tries]] of Object.entries(expected)) {
      const { id } = (await api('GET', `/jobs?search=${code}`))[0];
      await api('POST', `/jobs/${id}/run`, {});
      const execution = await ended(code);
      assert.equal(execution.executionStatus, status, code);
      assert.deepEqual([execution.steps[0].status, execution.steps[0].errorCode], ['failure', 'row_count'], code);
      assert.equal(execution.steps[0].tries.length, tries, code);
      assert.equal(execution.steps[1].status, next, code);
    }
    const failed = (await ended('on-abort')).id;
    const alerts = await api('GET', '/jobs/alerts?unseen=true');
    assert.ok(alerts.some((alert) => alert.kind === 'failure' && alert.executionId === failed));
    assert.match(await jobs(server, 'alerts'), new RegExp(`on-abort.*${failed}`));
    assert.match(await jobs(server, 'alerts', '--seen'), /alerts marked as seen/);
    assert.equal(await jobs(server, 'alerts'), '');
    const listed = JSON.parse(await jobs(server, 'runs', '--job', 'on-abort', '--status', 'failure', '--json'));
    assert.deepEqual(
      listed.map((run) => run.id),
      [failed],
    );
    const again = await api('POST', `/executions/${failed}/rerun`, { fromStep: 'fails' });
    const second = await ended('on-abort');
    assert.deepEqual([second.id, second.rerunOf, second.rerunFrom], [again.id, failed, 'fails']);
    assert.deepEqual([second.triggeredBy, second.executionStatus], ['retry', 'failure']);
  });
}
