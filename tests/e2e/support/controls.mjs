// What people do with the controls of a page, in one word each.

/** Picks an option of a drop-down; typing narrows those that can be searched. */
export async function choose(root, label, option, { search } = {}) {
  const page = root.page?.() ?? root;
  const box = root.getByRole('combobox', { name: label, exact: true });
  await box.click();
  if (search) await box.fill(search);
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Opens a menu by its button and picks an entry. */
export async function pick(root, button, entry) {
  const page = root.page?.() ?? root;
  await root.getByRole('button', { name: button, exact: true }).click();
  await page.getByRole('menuitem', { name: entry, exact: true }).click();
}

/** Writes into an editor of templates in place of what it holds. */
export async function write(root, label, text) {
  const editor = root.getByRole('textbox', { name: label, exact: true });
  await editor.click();
  await editor.press('ControlOrMeta+a');
  await editor.press('Delete');
  await editor.page().keyboard.insertText(text);
  // Offers of the completion would catch the next click.
  await editor.press('Escape');
}

/** A number as the interface writes it: "4,574". */
export const shown = (count) => count.toLocaleString('en-GB');

/** The key figures of a page, by their labels. */
export const figures = (root) =>
  root
    .locator('dl')
    .first()
    .evaluate((list) =>
      Object.fromEntries(
        [...list.children].map((one) => [
          one.querySelector('dt').textContent,
          one.querySelector('dd').textContent.replace(/\s/g, ' '),
        ]),
      ),
    );

/** What the page's own request gets: the answer's data. */
export async function ask(page, path) {
  const answer = await page.request.get(`/api/v1${path}`);
  const body = await answer.json();
  if (!body.success) throw new Error(`GET ${path}: ${JSON.stringify(body.error)}`);
  return body.data;
}

/** Sends something to the API as the page does. */
export async function send(page, method, path, body) {
  const [status, answer] = await page.evaluate(
    async ([method, path, body]) => {
      const headers = { 'content-type': 'application/json' };
      const got = await fetch(`/api/v1${path}`, { method, headers, body: JSON.stringify(body) });
      return [got.status, await got.json()];
    },
    [method, path, body],
  );
  return { status, ...answer };
}

/** Makes something through the API, as the page does; gives what was made. */
export async function make(page, path, body) {
  const answer = await send(page, 'POST', path, body);
  if (!answer.success) throw new Error(`POST ${path}: ${JSON.stringify(answer.error)}`);
  return answer.data;
}
