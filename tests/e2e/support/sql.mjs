// Questions to the database itself, beside Muster, by the engines' own command lines.
import { join } from 'node:path';
import { run } from './processes.mjs';

/** Asks the file of an embedded database. */
export const sqliteOf = (dataDir) => async (query) => {
  const args = ['-json', '-readonly', '-cmd', '.timeout 5000', join(dataDir, 'muster.db'), query];
  return JSON.parse((await run('sqlite3', args)) || '[]');
};

/** Asks a PostgreSQL database; row-level security shows all workspaces, as to Muster's own housekeeping. */
export const postgresOf = (url) => async (query) => {
  const wrapped = `SET muster.tenant_id = '0'; SELECT coalesce(json_agg(t), '[]') FROM (${query}) t`;
  return JSON.parse(await run('psql', [url, '-X', '-q', '-At', '-v', 'ON_ERROR_STOP=1', '-c', wrapped]));
};

/** Makes an empty database on the throw-away server and gives its address. */
export async function freshPostgres() {
  const server = process.env.MUSTER_TEST_PG_URL;
  if (!server) throw new Error('PostgreSQL tests run as: scripts/with-postgres.sh node --test …');
  const name = `journey_${process.pid}`;
  await run('psql', [server, '-X', '-q', '-c', `CREATE DATABASE ${name}`]);
  return server.replace(/\/[^/]+$/, `/${name}`);
}
