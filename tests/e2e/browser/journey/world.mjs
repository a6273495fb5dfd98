// Where one journey happens: a server on one engine, a mail relay, a browser with three people, and the database beside.
import { openBrowser, shoot } from '../../support/browser.mjs';
import { startServer } from '../../support/server.mjs';
import { startRelay } from '../../support/smtp.mjs';
import { freshPostgres, postgresOf, sqliteOf } from '../../support/sql.mjs';

/** Starts everything; what the steps learn (ids, pages of people) is kept in the same object. */
export async function openWorld(engine) {
  const world = { engine };
  world.server = await startServer();
  world.relay = await startRelay();
  world.browser = await openBrowser();
  world.amina = await world.browser.person(world.server.origin);
  if (engine === 'postgres') {
    world.databaseUrl = await freshPostgres();
    world.sql = postgresOf(world.databaseUrl);
  } else {
    world.sql = sqliteOf(world.server.dataDir);
  }
  /** One row of the database. */
  world.row = async (query) => (await world.sql(query))[0];
  /** A picture of a page, under the engine's name. */
  world.shoot = (page, name, options) => shoot(page, `${engine}-${name}`, options);
  world.close = async () => {
    await world.browser.close();
    await world.server.stop();
    await world.relay.close();
  };
  return world;
}
