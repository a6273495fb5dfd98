// Programs that a test starts, stopped by their own handle.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** Starts a program; its output is kept, and shown by the test that fails. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8');
    stream.on('data', (text) => {
      output = (output + text).slice(-200_000);
    });
  }
  let failed;
  child.on('error', (error) => {
    failed = error;
  });
  return {
    get output() {
      return output;
    },
    /** Throws when the program is not running any more. */
    assertAlive() {
      if (failed) throw failed;
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`${command} ended with ${child.exitCode ?? child.signalCode}:\n${output}`);
      }
    },
    /** Ends the program and waits for it; after ten seconds it is killed. */
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null || failed) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Runs a program to its end, with this on its standard input, and gives what it printed; fails when the program does. */
export async function run(command, args, { input, ...options } = {}) {
  const child = spawn(command, args, { stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], ...options });
  child.stdin?.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code}:\n${stderr}${stdout}`);
  return stdout;
}
