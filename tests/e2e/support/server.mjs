// A real muster-server on a data folder of its own.
import { join } from 'node:path';
import { freePort, program, root, temporaryFolder } from './paths.mjs';
import { start } from './processes.mjs';
import { until } from './wait.mjs';

/** Starts a server on an empty folder, or on `database` when that is given. */
export async function startServer({ database } = {}) {
  const home = temporaryFolder('server');
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const args = ['serve', '--data-dir', home.path, '--listen', `127.0.0.1:${port}`];
  args.push('--ui-dir', join(root, 'ui/dist'));
  if (database) args.push('--database', database);
  let process_ = start(program('muster-server'), args);
  const answers = () => {
    process_.assertAlive();
    return fetch(`${origin}/api/v1/health`).then((answer) => answer.ok);
  };
  await until('the server answers', answers);
  return {
    origin,
    dataDir: home.path,
    get output() {
      return process_.output;
    },
    /** Kills the server as a power cut would, and starts it again on the same folder. */
    async crash() {
      await process_.stop('SIGKILL');
      process_ = start(program('muster-server'), args);
      await until('the server answers again', answers);
    },
    /** Stops the server in good order, and starts it again on the same folder. */
    async restart() {
      await process_.stop();
      process_ = start(program('muster-server'), args);
      await until('the server answers again', answers);
    },
    async stop() {
      await process_.stop();
      home.remove();
    },
  };
}
