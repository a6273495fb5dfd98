// What became of every message of the campaign, in the database, at the relay and in the test inbox.
import assert from 'node:assert/strict';

const BATCH = 10;

/** How many messages are how far. */
export async function outcomes(world) {
  const rows = await world.sql('SELECT status, count(*) AS n FROM campaign_recipients GROUP BY status');
  const of = (...names) =>
    rows.filter((one) => names.includes(one.status)).reduce((sum, one) => sum + Number(one.n), 0);
  return {
    pending: of('pending'),
    sent: of('sent', 'delivered', 'opened', 'clicked', 'bounced'),
    unknown: of('unknown'),
    others: of('failed', 'skipped', 'suppressed', 'cancelled'),
  };
}

/** Message by message: what is marked as sent arrived once, what may have been in flight at most once, nothing else. */
export async function assertOnceEach(world) {
  const recipients = await world.sql(
    `SELECT r.seq, r.channel, r.status, c.email, c.id AS customer FROM campaign_recipients r JOIN customers c ON c.id = r.customer_id`,
  );
  const inbox = await world.sql(
    `SELECT customer_id, count(*) AS n FROM sandbox_messages WHERE channel = 'sms' GROUP BY customer_id`,
  );
  const texts = new Map(inbox.map((one) => [one.customer_id, Number(one.n)]));
  const mails = grouped(world.relay.messages);
  const unknown = recipients.filter((one) => one.status === 'unknown');
  assert.ok(unknown.length <= BATCH, `${unknown.length} are unknown; a window has ${BATCH}`);
  for (const one of recipients) {
    const arrived = mails.get(one.seq) ?? [];
    const count = arrived.length + (texts.get(one.customer) ?? 0);
    const what = `${one.channel} ${one.seq} (${one.status}) arrived ${count} times`;
    assert.ok(one.status === 'unknown' ? count <= 1 : count === 1, what);
    if (one.channel) assert.equal(arrived.length, one.channel === 'email' ? 1 : 0, what);
    for (const mail of arrived) assert.deepEqual(mail.to, [one.email]);
  }
  const known = new Set(recipients.map((one) => one.seq));
  assert.ok(
    [...mails.keys()].every((seq) => known.has(seq)),
    'a mail belongs to nobody of the campaign',
  );
}

/** The number of the recipient, which every Message-ID carries. */
const seqOf = (mail) => Number(/^[0-9a-f]+\.\d+\.(\d+)@/.exec(mail.id)[1]);

function grouped(messages) {
  const groups = new Map();
  for (const mail of messages) groups.set(seqOf(mail), [...(groups.get(seqOf(mail)) ?? []), mail]);
  return groups;
}
