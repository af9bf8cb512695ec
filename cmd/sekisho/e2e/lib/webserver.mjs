// The servers that owners have, in front of the site's own: real nginx and Apache with what `sekisho snippet --header`
// prints, and the Cloudflare Worker's code in Node with the origin behind its fetch.
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, start } from './process.mjs';
import { until } from './until.mjs';

const path = `${process.env.PATH}:/usr/sbin`;
const installed = (name) => spawnSync('sh', ['-c', `command -v ${name}`], { env: { PATH: path } }).status === 0;

/** Why a server cannot be tried here, or false. */
export const missing = {
  nginx: !installed('nginx') && 'nginx is not installed (apt-get install nginx-light)',
  apache: !installed('apache2') && 'Apache is not installed (apt-get install apache2)',
  cloudflare: false,
};

const modules = ['mpm_event', 'authz_core', 'setenvif', 'headers', 'proxy', 'proxy_http'];

const configuration = {
  nginx(printed, { port, origin, folder }) {
    // The second comment divides what is for http { } from what is for server { }.
    const [outer, inner] = printed.split(/\n\n(?=# )/);
    return `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr warn;
events {}
http {
access_log off;
client_body_temp_path ${folder}/1; proxy_temp_path ${folder}/2; fastcgi_temp_path ${folder}/3; uwsgi_temp_path ${folder}/4; scgi_temp_path ${folder}/5;
${outer}
server { listen 127.0.0.1:${port};
${inner}
location / { proxy_pass ${origin}; } } }`;
  },
  apache: (printed, { port, origin, folder }) => `ServerRoot ${folder}
ServerName 127.0.0.1
Listen 127.0.0.1:${port}
PidFile ${folder}/pid
Mutex pthread
DefaultRuntimeDir ${folder}
ErrorLog ${folder}/said
User www-data
Group www-data
${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
<VirtualHost *:${port}>
${printed}
ProxyPass / ${origin}/
</VirtualHost>`,
};

const command = {
  nginx: (file, folder) => ['nginx', ['-c', file, '-p', folder]],
  apache: (file) => ['apache2', ['-D', 'FOREGROUND', '-f', file]],
};

/** A port for a server to come, since a site has to know its origins first. */
export const port = freePort;

/** Starts a server of that kind on the port, with what was printed, in front of the origin. */
export async function startWebServer(kind, printed, port, origin) {
  if (kind === 'cloudflare') return startWorker(printed, port, origin);
  const folder = await mkdtemp(join(tmpdir(), `sekisho-${kind}-`));
  const file = join(folder, 'server.conf');
  await writeFile(file, configuration[kind](printed, { port, origin, folder }));
  const server = start(...command[kind](file, folder), { env: { PATH: path } });
  await until(`${kind} to be ready`, async () => {
    if (server.ended()) throw new Error(`${kind}: ${server.ended()}\n${server.said()}`);
    return (await fetch(`http://127.0.0.1:${port}/sentinel`)).status === 204;
  });
  return {
    async stop() {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startWorker(printed, port, origin) {
  // A Worker's fetch is the way to the origin; this module's is a variable of its own.
  const front = 'let fetch; export const behind = (origin) => { fetch = origin; };\n';
  const { default: worker, behind } = await import(`data:text/javascript,${encodeURIComponent(front + printed)}`);
  behind((request) => {
    const { pathname, search } = new URL(request.url);
    return globalThis.fetch(origin + pathname + search, { headers: { cookie: request.headers.get('cookie') ?? '' } });
  });
  const without = (headers, ...names) => Object.fromEntries(Object.entries(headers).filter(([name]) => !names.includes(name)));
  const server = createServer(async (request, response) => {
    const answer = await worker.fetch(new Request(`http://127.0.0.1:${port}${request.url}`, { headers: without(request.headers, 'host', 'connection') }));
    const headers = without(Object.fromEntries(answer.headers), 'content-length', 'transfer-encoding', 'content-encoding');
    response.writeHead(answer.status, headers).end(Buffer.from(await answer.arrayBuffer()));
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return { stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }) };
}
