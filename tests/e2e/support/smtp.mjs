// A mail relay on loopback that keeps what arrives, at the pace it is told to: SMTP (RFC 5321) as far as a sender needs it.
import { createServer } from 'node:net';
import { parseMail } from './mail.mjs';

/** Listens; every message takes `delayMs` before it is acknowledged. */
export async function startRelay({ delayMs = 0 } = {}) {
  const relay = { messages: [], delayMs };
  const sockets = new Set();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    // A sender that was killed breaks the connection: that is part of the job.
    socket.on('error', () => {});
    socket.setNoDelay(true);
    serve(socket, relay);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  relay.port = server.address().port;
  /** The messages to an address, oldest first. */
  relay.to = (address) => relay.messages.filter((message) => message.to.includes(address));
  relay.close = () => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(resolve));
  };
  return relay;
}

function serve(socket, relay) {
  const say = (line) => socket.writable && socket.write(`${line}\r\n`);
  let rest = '';
  let envelope = { to: [] };
  let body;
  say('220 relay.test ESMTP');
  socket.setEncoding('latin1');
  socket.on('data', (text) => {
    rest += text;
    for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
      const line = rest.slice(0, end);
      rest = rest.slice(end + 2);
      if (body) content(line);
      else command(line);
    }
  });

  function command(line) {
    const verb = line.slice(0, 4).toUpperCase();
    const address = /<([^>]*)>/.exec(line)?.[1];
    if (verb === 'EHLO') return say('250-relay.test\r\n250 8BITMIME');
    if (verb === 'MAIL') envelope = { from: address, to: [] };
    if (verb === 'RCPT') envelope.to.push(address);
    if (verb === 'DATA') {
      body = [];
      return say('354 go on');
    }
    if (verb === 'QUIT') {
      say('221 bye');
      return socket.end();
    }
    say('250 ok');
  }

  function content(line) {
    if (line !== '.') return body.push(line.startsWith('.') ? line.slice(1) : line);
    const message = { ...envelope, ...parseMail(body.join('\r\n')), arrivedAt: Date.now() };
    body = undefined;
    // It has arrived, whether or not the sender lives to hear of it.
    relay.messages.push(message);
    setTimeout(() => say(`250 2.0.0 taken as ${relay.messages.length}`), relay.delayMs);
  }
}
