// Who works with Muster in these tests.
export const company = 'Jamii Mobile';
export const admin = { name: 'Amina Yusuf', email: 'amina@jamii.co.ke', password: 'correct horse battery' };
export const approver = { name: 'Brian Otieno', email: 'brian@jamii.co.ke', password: 'seven green umbrellas' };
export const salesRep = { name: 'Zuri Wanjiku', email: 'zuri@jamii.co.ke', password: 'a boat on the big lake' };
/** What the first start asks for. */
export const workspace = {
  workspaceName: company,
  adminName: admin.name,
  adminEmail: admin.email,
  adminPassword: admin.password,
};

/** Signs somebody in who is on the sign-in page. */
export async function signIn(page, { email, password }) {
  await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}
