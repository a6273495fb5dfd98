// A real Dovecot of our own on loopback, in clear: mailboxes in a temporary folder, for whoever says the password. Only root may start one.
import { chown, mkdir, mkdtemp, rename, rm, writeFile, chmod } from 'node:fs/promises';
import { createConnection, createServer } from 'node:net';
import { join } from 'node:path';
import { start } from './processes.mjs';
import { until } from './wait.mjs';

export const PASSWORD = 'sesame';
/** Whose the mail is: Dovecot reads none as root. `nobody`, on Debian. */
const OWNER = 65_534;

export async function startDovecot() {
  const home = await mkdtemp('/tmp/muster-dovecot.');
  await chmod(home, 0o755);
  const port = await freePort();
  await owned(join(home, 'mail'));
  await writeFile(join(home, 'dovecot.conf'), config(home, port));
  const program = start('/usr/sbin/dovecot', ['-F', '-c', join(home, 'dovecot.conf')]);
  await until('Dovecot listens', () => {
    program.assertAlive();
    return answers(port);
  });
  let count = 0;
  return {
    port,
    /** Puts a mail into somebody's inbox. */
    async deliver(user, mail) {
      const inbox = join(home, 'mail', user);
      await owned(inbox);
      for (const folder of ['cur', 'new', 'tmp']) await owned(join(inbox, folder));
      const name = `${1_700_000_000 + count}.m${count}.test`;
      count += 1;
      await writeFile(join(inbox, 'tmp', name), mail.replaceAll('\n', '\r\n'));
      await chown(join(inbox, 'tmp', name), OWNER, OWNER);
      await rename(join(inbox, 'tmp', name), join(inbox, 'new', name));
    },
    async stop() {
      await program.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

const config = (at, port) => `base_dir = ${at}/run
state_dir = ${at}/state
instance_name = muster-${port}
log_path = ${at}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_failure_delay = 0
mail_location = maildir:${at}/mail/%u
first_valid_uid = ${OWNER}
first_valid_gid = ${OWNER}
passdb {
  driver = static
  args = password=${PASSWORD}
}
userdb {
  driver = static
  args = uid=${OWNER} gid=${OWNER} home=${at}/mail/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = ${port}
  }
}
`;

async function owned(folder) {
  await mkdir(folder, { recursive: true });
  await chown(folder, OWNER, OWNER);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const answers = (port) =>
  new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
