// Step 3: who: a segment of three conditions, and one of groups within groups.
import assert from 'node:assert/strict';
import { ask, choose, send, shown } from '../../support/controls.mjs';
import { until } from '../../support/wait.mjs';

const DAY = 86_400_000;
export const recentBuyers = 'VIP in Nairobi, bought within 30 days';
export const noBrokers = 'Silver and Gold, no brokers';

export function segmentSteps(step, world) {
  step('3. "VIP in Nairobi, bought within 30 days" is built by clicking, its size live', async () => {
    const { amina } = world;
    await amina.goto('/segments');
    await amina.getByRole('button', { name: 'Build segment' }).first().click();
    await amina.getByLabel('Name', { exact: true }).fill(recentBuyers);
    await amina.getByRole('button', { name: 'Bought within 30 days' }).click();
    const since = Date.now() - 30 * DAY;
    await addTags(amina, 'Values of Tier', 'VIP');
    const recent = `tier = 'VIP' AND last_purchase_date >= ${since}`;
    await seesSize(amina, await size(world, recent));
    await addTags(amina, 'Values of City', 'Nairobi');
    const wanted = await size(world, `${recent} AND city = 'Nairobi'`);
    await seesSize(amina, wanted);
    await world.shoot(amina, '03-segment', { variants: true });
    world.buyers = wanted;
    world.segment = await save(amina);
    await assertStored(world, world.segment, wanted, (one) => one.tier === 'VIP' && one.city === 'Nairobi');
  });

  step('3. a segment of AND, OR and NOT groups counts what SQL counts', async () => {
    const { amina } = world;
    await amina.goto('/segments');
    await amina.getByRole('button', { name: 'Build segment' }).first().click();
    await amina.getByLabel('Name', { exact: true }).fill(noBrokers);
    const root = amina.getByRole('group', { name: /^All of/ });
    await root.getByRole('button', { name: 'Group', exact: true }).click();
    const any = amina.getByRole('group', { name: /^Any of/ });
    await compare(any, 0, 'Tier', 'is any of', 'Silver');
    await any.getByRole('button', { name: 'Condition', exact: true }).click();
    await compare(any, 1, 'Tier', 'is any of', 'Gold');
    await root.getByRole('button', { name: 'Group', exact: true }).last().click();
    const none = amina.getByRole('group', { name: /^(Any|None) of/ }).last();
    await none.getByText('None of', { exact: true }).click();
    await compare(none, 0, 'Client type', 'is any of', 'Broker');
    await none.getByRole('button', { name: 'Condition', exact: true }).click();
    await compare(none, 1, 'City', 'is any of', 'Kisumu');
    const wanted = await size(
      world,
      `(tier = 'Silver' OR tier = 'Gold') AND NOT (COALESCE(client_type, '') = 'Broker' OR COALESCE(city, '') = 'Kisumu')`,
    );
    await seesSize(amina, wanted);
    await amina.getByText('leaving out').waitFor();
    await world.shoot(amina, '03-nested', { variants: true });
    const id = await save(amina);
    const fits = (one) => ['Silver', 'Gold'].includes(one.tier) && one.city !== 'Kisumu';
    await assertStored(world, id, wanted, fits);
  });
}

/** What every segment starts from: active customers who did not opt out. */
const size = async ({ row }, condition) =>
  (await row(`SELECT count(*) AS n FROM customers WHERE is_active AND NOT opted_out AND ${condition}`)).n;

const seesSize = (page, people) =>
  page
    .getByRole('complementary', { name: 'Who is in this segment' })
    .getByText(shown(people), { exact: true })
    .first()
    .waitFor();

async function addTags(root, label, ...values) {
  const box = root.getByRole('combobox', { name: label });
  for (const value of values) {
    await box.fill(value);
    await box.press('Enter');
  }
  await box.press('Escape');
}

/** Fills one line of a group. */
async function compare(group, place, field, operator, value) {
  const about = group.getByRole('combobox', { name: 'What the condition is about' }).nth(place);
  if ((await about.inputValue()) !== field) {
    await about.click();
    await about.fill(field);
    await group.page().getByRole('option', { name: field, exact: true }).click();
  }
  const how = group.getByRole('combobox', { name: 'How it compares' }).nth(place);
  if ((await how.inputValue()) !== operator) {
    await how.click();
    await group.page().getByRole('option', { name: operator, exact: true }).click();
  }
  const values = group.getByRole('combobox', { name: `Values of ${field}` });
  const box = (await values.count()) > 1 ? values.nth(place) : values;
  await box.fill(value);
  await box.press('Enter');
  await box.press('Escape');
}

/** Saves and gives the id of what was saved. */
async function save(page) {
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\/segments\/[0-9a-f-]{36}/);
  return /segments\/([0-9a-f-]{36})/.exec(page.url())[1];
}

/** The stored segment has as many people as SQL found, and samples that fit. */
async function assertStored(world, id, wanted, fits) {
  const { amina } = world;
  const { data } = await send(amina, 'POST', '/segments/estimate', { segmentId: id, sampleSize: 20 });
  assert.equal(data.size, wanted);
  assert.ok(data.sample.length > 0 && data.sample.every(fits), JSON.stringify(data.sample));
  await amina.getByText('People', { exact: true }).click();
  await until('its people are listed', async () => (await amina.getByRole('row').count()) > 5);
  const members = await ask(amina, `/segments/${id}/members?pageSize=100`);
  assert.ok(members.every(fits));
}
