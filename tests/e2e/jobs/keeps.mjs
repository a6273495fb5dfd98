// What jobs use beside their files, kept from the command line: secrets, SQL scripts, webhooks.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jobs, jobsWith } from '../support/program.mjs';

const SECRET = 'correct-horse-battery';

/** `world` gives the server and the administrator's `api`. */
export function keeps(world) {
  test('a secret comes from standard input and is never printed', async () => {
    const { server, api } = world();
    const printed = [
      await jobsWith(server, `${SECRET}\n`, 'secrets', 'set', 'crm'),
      await jobs(server, 'secrets', 'list'),
      await jobs(server, 'secrets', 'list', '--json'),
    ];
    assert.deepEqual(printed.slice(1), ['crm\n', '[\n  "crm"\n]\n']);
    assert.ok(!printed.join().includes(SECRET));
    const tells = 'test "$TOKEN" = "correct-horse""-battery" && echo "::rows 1"';
    const step = { step_order: 1, step_code: 'tell', step_type: 'shell_script', step_action: { script: tells, secrets: { TOKEN: 'crm' } } };
    await api('POST', '/jobs', { definition: { code: 'uses-secret', schedule_type: 'manual', steps: [step] } });
    await jobs(server, 'run', 'uses-secret', '--wait');
    await assert.rejects(jobs(server, 'secrets', 'set', 'crm', SECRET), /unexpected argument/);
    await assert.rejects(jobsWith(server, '', 'secrets', 'set', 'crm'), /ended with 1/);
    await jobs(server, 'secrets', 'remove', 'crm');
    assert.equal(await jobs(server, 'secrets', 'list'), '');
    await assert.rejects(jobs(server, 'secrets', 'remove', 'crm'), /ended with 1/);
    await assert.rejects(jobs(server, 'run', 'uses-secret', '--wait'), /There is no secret called crm/);
  });

  test('a script is kept, changed and deleted', async () => {
    const { server, api } = world();
    const file = join(server.dataDir, 'members.sql');
    writeFileSync(file, 'SELECT COUNT(*) AS n FROM customers');
    await jobs(server, 'scripts', 'set', 'count_members', file, '--description', 'How many there are');
    assert.match(await jobs(server, 'scripts', 'list'), /^count_members +version 1 +reads +How many there are$/m);
    await jobsWith(server, 'SELECT 1 AS n', 'scripts', 'set', 'count_members', '-', '--writes');
    assert.equal(await jobs(server, 'scripts', 'show', 'count_members'), 'SELECT 1 AS n\n');
    const [kept] = (await api('GET', '/sql-scripts')).filter((one) => one.name === 'count_members');
    assert.deepEqual([kept.version, kept.writes, kept.description], [2, true, 'How many there are']);
    await assert.rejects(jobsWith(server, '', 'scripts', 'set', 'count_members', '-'), /ended with 1/);
    await jobs(server, 'scripts', 'remove', 'count_members');
    await assert.rejects(jobs(server, 'scripts', 'show', 'count_members'), /there is no script count_members/);
  });

  test('a webhook gets a token, and loses it', async () => {
    const { server, api } = world();
    const steps = [{ step_order: 1, step_code: 'pause', step_type: 'wait', step_action: 1 }];
    const trigger = { schedule_type: 'event_driven', trigger_event_type: 'webhook', trigger_condition: { event: 'order.paid' } };
    const definition = { code: 'order-paid', ...trigger, steps };
    const job = await api('POST', '/jobs', { definition });
    assert.match(await jobs(server, 'webhooks', 'list'), new RegExp(`^order-paid +no token /api/v1/hooks/jobs/${job.id}$`, 'm'));
    const { url, token } = JSON.parse(await jobs(server, 'webhooks', 'make', 'order-paid', '--json'));
    const call = () =>
      fetch(server.origin + url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      });
    assert.equal((await call()).status, 200);
    const listed = await jobs(server, 'webhooks', 'list');
    assert.ok(/^order-paid +token /m.test(listed) && !listed.includes(token), listed);
    await jobs(server, 'webhooks', 'remove', 'order-paid');
    assert.equal((await call()).status, 401);
  });
}
