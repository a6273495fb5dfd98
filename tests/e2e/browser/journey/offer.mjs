// Step 4: what: an offer with its products, texts, rewards and codes.
import assert from 'node:assert/strict';
import { ask, choose, pick, write } from '../../support/controls.mjs';
import { until } from '../../support/wait.mjs';

export const offerName = 'Weekend 10GB';
export const codePrefix = 'WKD-';
const html = `<h1>Hello {{ first_name | default("there") }}</h1>
<p>10GB for the weekend with <b>{{ code }}</b>.</p>
<p><a href="https://shop.jamii.co.ke/weekend?plan=10gb">Take it now</a></p>
<p><a href="{{ unsubscribe_url }}">No more mails</a></p>`;

export function offerSteps(step, world) {
  step('4. an offer begins with its base and a new product', async () => {
    const { amina } = world;
    await amina.goto('/offers');
    await amina.getByRole('button', { name: 'Create offer' }).first().click();
    await amina.getByLabel('Name', { exact: true }).fill(offerName);
    await amina.getByLabel('Description').fill('Ten gigabytes from Friday to Sunday');
    await amina.getByRole('button', { name: 'Continue to products' }).click();
    await amina.getByRole('button', { name: 'New product…' }).click();
    const dialog = amina.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Data 10GB');
    await dialog.getByLabel('Type').fill('data');
    await dialog.getByLabel('What one gets').fill('10GB');
    await dialog.getByLabel('Price').fill('500.00');
    await dialog.getByRole('button', { name: 'Add product' }).click();
    await amina.getByRole('list', { name: 'Products of this offer' }).getByText('Data 10GB').waitFor();
    world.offer = /offers\/([0-9a-f-]{36})/.exec(amina.url())[1];
    await world.shoot(amina, '04-products');
    await amina.getByRole('button', { name: 'Continue to creatives' }).click();
  });

  step('4. a mistake in a text is named with its line and column while it is typed', async () => {
    const { amina } = world;
    await amina.getByRole('button', { name: 'Write this text' }).click();
    await amina.getByLabel('Sender id').fill('JAMII');
    const editor = amina.getByRole('textbox', { name: 'Text', exact: true });
    await editor.click();
    await editor.pressSequentially('Hi {first_name},\n10GB for {{ frist_name }} with {{ code }}.');
    await amina.getByText('Line 2, column 13:').waitFor();
    await world.shoot(amina, '04-mistake');
    await write(amina, 'Text', 'Hi {first_name}, 10GB for the weekend with {{ code }}. Reply STOP to stop.');
    await amina.getByText('Choose one on the step Tracking').waitFor();
    await amina.getByText('Line 2, column').first().waitFor({ state: 'detached' });
    await amina.getByText('1 part').waitFor();
  });

  step('4. the texts of SMS in Swahili and email in English follow', async () => {
    const { amina } = world;
    await pick(amina, 'Language', 'Swahili');
    await cell(amina, 'SMS', 2).click();
    await write(amina, 'Text', 'Habari {first_name}, 10GB za wikendi kwa {{ code }}. Jibu STOP kuacha.');
    await cell(amina, 'Email', 1).click();
    await write(amina, 'Subject', '{{ first_name | default("Dear customer") }}, 10GB for the weekend');
    await write(amina, 'Preheader, shown beside the subject', 'From Friday to Sunday');
    await write(amina, 'Mail (HTML)', html);
    await write(
      amina,
      'Text alternative, made from the mail when empty',
      'Hello {{ first_name }}, 10GB with {{ code }}.',
    );
    await world.shoot(amina, '04-creatives', { variants: true });
    await until(
      'the draft keeps three texts',
      async () => (await ask(amina, `/offers/${world.offer}`)).creatives.length === 3,
    );
    await amina.getByRole('button', { name: 'Continue to rewards' }).click();
  });

  step('4. a reward, a code for each customer and utm parameters, and the offer is put to use', async () => {
    const { amina } = world;
    await amina.getByRole('button', { name: 'New reward…' }).click();
    const dialog = amina.getByRole('dialog');
    await dialog.getByLabel('Amount').fill('50.00');
    await dialog.getByRole('button', { name: 'Add reward' }).click();
    await amina.getByRole('list', { name: 'Rewards of this offer' }).waitFor();
    await world.shoot(amina, '04-rewards');
    await amina.getByRole('button', { name: 'Continue to tracking' }).click();
    await amina.getByRole('radio', { name: /A code per customer/ }).check();
    await amina.getByLabel('Codes begin with').fill(codePrefix);
    for (const [place, [source, value]] of [
      ['utm_source', 'muster'],
      ['utm_campaign', 'weekend'],
    ].entries()) {
      await amina.getByRole('button', { name: 'Add source' }).click();
      await amina.getByRole('combobox', { name: `Source ${place + 1}` }).fill(source);
      await amina.getByLabel(`Value of ${source}`, { exact: true }).fill(value);
    }
    await world.shoot(amina, '04-tracking');
    await amina.getByRole('button', { name: 'Continue to review' }).click();
    await amina.getByText('Nothing is missing: the offer can be put to use.').waitFor();
    await world.shoot(amina, '04-review');
    await amina.getByRole('button', { name: 'Put offer to use' }).click();
    await amina.getByText('Nothing is missing: campaigns can send this offer.').waitFor();
    const offer = await ask(amina, `/offers/${world.offer}`);
    assert.deepEqual(
      [offer.status, offer.codeMode, offer.products.length, offer.rewards[0].value],
      ['active', 'unique', 1, '50.00'],
    );
  });
}

/** A field of the table of texts: a row by its channel, a column by its place. */
const cell = (page, channel, column) =>
  page
    .getByRole('row', { name: new RegExp(`^${channel}`) })
    .getByRole('cell')
    .nth(column - 1)
    .getByRole('button');
