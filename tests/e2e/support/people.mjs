// Who works with Muster in these tests.
export const company = 'Jamii Mobile';
export const admin = { name: 'Amina Yusuf', email: 'amina@jamii.co.ke', password: 'correct horse battery' };
export const approver = { name: 'Peter Odhiambo', email: 'peter@jamii.co.ke', password: 'another horse battery' };

/** Signs somebody in who is on the sign-in page. */
export async function signIn(page, { email, password }) {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Asks the API with the session of a page; a refusal fails the test with its text. */
export async function api(page, method, path, data) {
  const answer = await page.request.fetch(`/api/v1${path}`, { method, data });
  const body = await answer.json();
  if (!body.success) throw new Error(`${method} ${path}: ${answer.status()} ${JSON.stringify(body.error)}`);
  return body.data;
}
