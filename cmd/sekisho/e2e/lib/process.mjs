// Programs that a test starts: it knows them by their process id and ends those and no others.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** A port that nobody listens on now. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program; `said()` is what it has printed, `answer()` what of that is meant for programs. */
export function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let text = '';
  let answer = '';
  let ended;
  child.stdout.on('data', (data) => {
    text += data;
    answer += data;
  });
  child.stderr.on('data', (data) => (text += data));
  const end = new Promise((resolve) => {
    child.on('error', (error) => resolve((ended = `could not be started: ${error.message}`)));
    child.on('close', (code, signal) => resolve((ended = signal ?? `exit ${code}`)));
  });
  const stop = async (signal = 'SIGTERM') => {
    if (!ended) child.kill(signal);
    return end;
  };
  return { pid: child.pid, said: () => text, answer: () => answer, ended: () => ended, end, stop, kill: () => stop('SIGKILL') };
}

/** Runs a program to its end; returns its answer. */
export async function run(command, args, options) {
  const program = start(command, args, options);
  const end = await program.end;
  if (end !== 'exit 0') throw new Error(`${command} ${args.join(' ')}: ${end}\n${program.said()}`);
  return program.answer();
}
