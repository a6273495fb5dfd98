// A program that asks Muster's API with a token.
import { program } from './paths.mjs';
import { run } from './processes.mjs';

/** Sets an empty installation up without a window and gives `api(method, path, body)`, the administrator's. */
export async function setUp(server, { email, password, name }, company) {
  const ask = async (method, path, body, token) => {
    const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(server.origin + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} was answered with ${answer.status}: ${text}`);
    return text ? JSON.parse(text).data : undefined;
  };
  await ask('POST', '/api/v1/setup', {
    workspaceName: company,
    adminName: name,
    adminEmail: email,
    adminPassword: password,
    timezone: 'Africa/Nairobi',
    currency: 'KES',
    approvalRequired: false,
  });
  const args = ['token', '--data-dir', server.dataDir, '--user', email];
  const token = (await run(program('muster-server'), args)).trim();
  return (method, path, body) => ask(method, `/api/v1${path}`, body, token);
}

/** Runs `muster-server jobs …` on a server's data folder. */
export const jobs = (server, ...args) => jobsWith(server, undefined, ...args);

/** The same, with this on its standard input. */
export const jobsWith = (server, input, ...args) =>
  run(program('muster-server'), ['jobs', '--data-dir', server.dataDir, ...args], { input });
