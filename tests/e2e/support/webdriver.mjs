// The few commands of WebDriver (W3C) that the tests of the real window need.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { start } from './processes.mjs';
import { freePort } from './paths.mjs';
import { until } from './wait.mjs';

const ELEMENT = 'element-6066-11e4-a52e-4f735466cecf';

/** Starts WebKitWebDriver, and through it the program, with a session in its web view and more of an environment. */
export async function openWindow(binary, args = [], environment = {}) {
  const port = await freePort();
  const driver = start('WebKitWebDriver', [`--port=${port}`], {
    // Without this the program opens no door to the driver, and the session would wait for ever.
    env: { ...process.env, ...environment, TAURI_WEBVIEW_AUTOMATION: 'true' },
  });
  const base = `http://127.0.0.1:${port}`;
  try {
    await until('the driver answers', () => fetch(`${base}/status`).then((answer) => answer.ok));
    const { sessionId } = await command(base, 'POST', '/session', {
      capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': { binary, args } } },
    });
    return new Window(driver, `${base}/session/${sessionId}`, [binary, ...args]);
  } catch (error) {
    await driver.stop();
    throw new Error(`${error.message}\n${driver.output}`);
  }
}

async function command(base, method, path, body) {
  const answer = await fetch(base + path, {
    method,
    headers: { 'content-type': 'application/json' },
    body: method === 'POST' ? JSON.stringify(body ?? {}) : undefined,
    signal: AbortSignal.timeout(60_000),
  });
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${method} ${path}: ${value?.error}: ${value?.message}`);
  return value;
}

/** The process that runs with exactly this command line. */
function processOf(commandLine) {
  const wanted = `${commandLine.join('\0')}\0`;
  return readdirSync('/proc').find((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8') === wanted;
    } catch {
      return false;
    }
  });
}

class Window {
  #driver;
  #session;
  #commandLine;

  constructor(driver, session, commandLine) {
    this.#driver = driver;
    this.#session = session;
    this.#commandLine = commandLine;
  }

  get output() {
    return this.#driver.output;
  }

  /** Runs a function in the page and gives what it returns. */
  run(script, ...args) {
    const text = typeof script === 'function' ? `return (${script}).apply(null, arguments)` : script;
    return command(this.#session, 'POST', '/execute/sync', { script: text, args });
  }

  /** Runs an asynchronous function in the page and gives what it resolves to. */
  async runAsync(script, ...args) {
    const text = `const done = arguments[arguments.length - 1];
      (${script}).apply(null, Array.from(arguments).slice(0, -1)).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
    const { value, error } = await command(this.#session, 'POST', '/execute/async', { script: text, args });
    if (error) throw new Error(error);
    return value;
  }

  /** The first element with this selector that is there within the deadline. */
  async find(selector, options) {
    const using = selector.startsWith('/') || selector.startsWith('(') ? 'xpath' : 'css selector';
    const found = await until(
      `there is ${selector}`,
      () => command(this.#session, 'POST', '/element', { using, value: selector }),
      options,
    );
    return found[ELEMENT];
  }

  async click(selector) {
    const element = await this.find(selector);
    await until(`${selector} can be clicked`, () =>
      command(this.#session, 'POST', `/element/${element}/click`).then(() => true),
    );
  }

  async type(selector, text) {
    const element = await this.find(selector);
    await command(this.#session, 'POST', `/element/${element}/clear`).catch(() => {});
    await command(this.#session, 'POST', `/element/${element}/value`, { text });
  }

  /** Waits until the page shows a text. */
  sees(text, options) {
    return until(
      `the window shows "${text}"`,
      () => this.run((wanted) => document.body.textContent.includes(wanted), text),
      options,
    );
  }

  url() {
    return command(this.#session, 'GET', '/url');
  }

  async screenshot(file) {
    // What was changed last is in the picture once it has been painted.
    await this.runAsync(
      () =>
        new Promise((resolve) => {
          requestAnimationFrame(() => requestAnimationFrame(resolve));
          setTimeout(resolve, 500);
        }),
    );
    const picture = await command(this.#session, 'GET', '/screenshot');
    writeFileSync(file, Buffer.from(picture, 'base64'));
  }

  async close() {
    // Closing the window leaves the program in the tray; this ends it as the end of a desktop session does.
    const program = processOf(this.#commandLine);
    if (program) process.kill(Number(program), 'SIGTERM');
    await until('the program has ended', () => !processOf(this.#commandLine), { timeoutMs: 30_000 });
    await command(this.#session, 'DELETE', '').catch(() => {});
    await this.#driver.stop();
  }
}
