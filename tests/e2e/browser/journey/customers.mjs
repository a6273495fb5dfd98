// Step 2: the spreadsheet, through the window.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../support/paths.mjs';
import { choose, figures, shown } from '../../support/controls.mjs';

const data = (name) => join(root, 'tests/data', name);
const expected = JSON.parse(readFileSync(data('customers-messy.expected.json'), 'utf8'));

/** How many of the VIPs in Nairobi bought today. */
const BUYERS = 160;

export function customerSteps(step, world) {
  step('2. the columns of the spreadsheet are guessed, and corrected by hand', async () => {
    const { amina } = world;
    await openFile(amina, data('customers-messy.csv'));
    await amina.getByText('About 5,0').waitFor();
    assert.equal(await becomes(amina, 'Town').inputValue(), 'Town');
    assert.equal(await becomes(amina, 'E-mail').inputValue(), 'Email');
    await choose(amina, 'What Product becomes', 'Leave this column out');
    await amina
      .getByRole('combobox', { name: 'What Product becomes' })
      .and(amina.locator('[value="Leave this column out"]'))
      .waitFor();
    await choose(amina, 'What Product becomes', 'Product');
    await world.shoot(amina, '02-columns');
  });

  step('2. the check says what the file would do and writes nothing', async () => {
    const { amina } = world;
    await amina.getByRole('button', { name: 'Check the file' }).click();
    await amina.getByText('This was a check: nothing has been written.').waitFor();
    await world.shoot(amina, '02-checked');
    assert.deepEqual(await figures(amina), counted('Would be new'));
    assert.deepEqual(await world.row('SELECT count(*) AS n FROM customers'), { n: 0 });
  });

  step('2. the import writes exactly what the check said; its report names every refused row', async () => {
    const { amina } = world;
    await amina.getByRole('button', { name: 'Import customers' }).click();
    await amina.getByRole('button', { name: 'Show customers' }).and(amina.locator(':enabled')).waitFor();
    assert.deepEqual(await figures(amina), counted('New customers'));
    await amina.getByText(`${expected.rejected} rows were rejected`).waitFor();
    const downloading = amina.waitForEvent('download');
    await amina.getByRole('button', { name: 'Download rejected rows' }).click();
    const report = readFileSync(await (await downloading).path(), 'utf8');
    for (const [reason, count] of Object.entries(expected.reasons)) {
      assert.equal(report.split(reason).length - 1, count, reason);
    }
    await world.shoot(amina, '02-imported', { variants: true });
    await assertHeld(world);
  });

  step('2. a second file says who bought today: known customers are updated', async () => {
    const { amina } = world;
    await openFile(amina, await purchasesOfToday(world, BUYERS));
    await amina.getByRole('button', { name: 'Check the file' }).click();
    await amina.getByText('This was a check: nothing has been written.').waitFor();
    await amina.getByRole('button', { name: 'Import customers' }).click();
    await amina.getByRole('button', { name: 'Show customers' }).and(amina.locator(':enabled')).waitFor();
    const { 'Known already': known, Rejected: rejected } = await figures(amina);
    assert.deepEqual([known, rejected], [shown(BUYERS), '0']);
    await amina.getByRole('button', { name: 'Show customers' }).click();
    await amina.getByRole('row').nth(10).waitFor();
    await world.shoot(amina, '02-customers', { variants: true });
  });
}

/** Drops nothing: the file is chosen as a person does, by the button. */
async function openFile(page, file) {
  await page.goto('/customers/import');
  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Choose a file…' }).click();
  await (await choosing).setFiles(file);
  await page.waitForURL('**/customers/import/*');
}

const becomes = (page, column) => page.getByRole('combobox', { name: `What ${column} becomes`, exact: true });

/** What the page says of a check or an import, by its labels. */
const counted = (label) => ({
  'Rows read': shown(expected.rows),
  [label]: shown(expected.imported),
  'Known already': shown(expected.duplicates),
  Rejected: shown(expected.rejected),
});

/** The same questions that the expected numbers answer, asked of the database. */
async function assertHeld(world) {
  const held = await world.row(
    `SELECT count(*) AS imported, sum(CASE WHEN opted_out THEN 1 ELSE 0 END) AS opted_out,
            sum(CASE WHEN tier = 'VIP' AND city = 'Nairobi' THEN 1 ELSE 0 END) AS vip_nairobi,
            sum(CASE WHEN client_type = 'Broker' THEN 1 ELSE 0 END) AS brokers,
            sum(CASE WHEN preferred_language = 'sw' THEN 1 ELSE 0 END) AS swahili,
            sum(CASE WHEN substr(first_name, 1, 1) IN ('=', '+', '-', '@') THEN 1 ELSE 0 END) AS formula_names,
            CAST(sum(account_balance_e4) / 100 AS BIGINT) AS balance_sum_cents
     FROM customers`,
  );
  for (const [name, value] of Object.entries(held)) assert.equal(Number(value), expected[name], name);
}

/** A second file, of today: what some of the VIPs in Nairobi bought. Customers are known by their number. */
async function purchasesOfToday(world, count) {
  const buyers = await world.sql(
    `SELECT external_id, email, phone FROM customers
     WHERE tier = 'VIP' AND city = 'Nairobi' AND NOT opted_out ORDER BY id LIMIT ${count}`,
  );
  const today = new Date().toISOString().slice(0, 10);
  const rows = buyers.map((one) => [one.external_id, one.email ?? '', one.phone ?? '', today].join(','));
  const file = join(world.server.dataDir, 'purchases.csv');
  writeFileSync(file, ['Customer ID,E-mail,Mobile,Last purchase', ...rows, ''].join('\n'));
  return file;
}
