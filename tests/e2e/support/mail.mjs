// Reads a mail as its receiver's program does: headers unfolded and decoded, the text and the HTML of its parts.

/** `source` has one character per byte. `header(name)` gives a header's text; `links` are those of the HTML. */
export function parseMail(source) {
  const { headers, body } = split(source);
  const header = (name) => headers.find(([one]) => one === name.toLowerCase())?.[1];
  const parts = leaves(headers, body);
  const text = parts.find((part) => part.type === 'text/plain')?.text ?? '';
  const html = parts.find((part) => part.type === 'text/html')?.text ?? '';
  const addresses = (pattern) => [...html.matchAll(pattern)].map((match) => match[1].replaceAll('&amp;', '&'));
  return {
    source,
    header,
    subject: header('subject'),
    id: header('message-id')?.replace(/^<|>$/g, ''),
    text,
    html,
    links: addresses(/<a\b[^>]*\bhref="([^"]+)"/g),
    images: addresses(/<img\b[^>]*\bsrc="([^"]+)"/g),
  };
}

function split(source) {
  const at = source.indexOf('\r\n\r\n');
  const head = source.slice(0, at).replace(/\r\n[ \t]+/g, ' ');
  const headers = head.split('\r\n').map((line) => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).toLowerCase(), words(line.slice(colon + 1).trim())];
  });
  return { headers, body: source.slice(at + 4) };
}

/** The parts that are no containers (RFC 2046). */
function leaves(headers, body) {
  const header = (name) => headers.find(([one]) => one === name)?.[1] ?? '';
  const type = header('content-type') || 'text/plain';
  const boundary = /boundary="?([^";]+)"?/i.exec(type)?.[1];
  if (boundary) {
    return `\r\n${body}`
      .split(`\r\n--${boundary}`)
      .slice(1, -1)
      .map((part) => split(part.replace(/^\r\n/, '')))
      .flatMap((part) => leaves(part.headers, part.body));
  }
  const bytes = decode(header('content-transfer-encoding').toLowerCase(), body);
  return [{ type: type.split(';')[0].trim().toLowerCase(), text: bytes.toString('utf8') }];
}

function decode(encoding, body) {
  if (encoding === 'base64') return Buffer.from(body, 'base64');
  if (encoding === 'quoted-printable') return quoted(body.replace(/=\r\n/g, ''));
  return Buffer.from(body, 'latin1');
}

const quoted = (text) =>
  Buffer.from(
    text.replace(/=([0-9A-F]{2})/gi, (_, code) => String.fromCharCode(Number.parseInt(code, 16))),
    'latin1',
  );

/** Encoded words (RFC 2047). */
const words = (text) =>
  text
    .replace(/(\?=)\s+(=\?)/g, '$1$2')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind, data) =>
      (kind.toLowerCase() === 'b' ? Buffer.from(data, 'base64') : quoted(data.replaceAll('_', ' '))).toString('latin1'),
    )
    .replace(/[\x80-\xff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString('utf8'));
