// An HTTP/2 server with TLS in front of the verifier's own, as a web server on the internet stands.
//
//     node front.mjs PORT TARGET KEY CERTIFICATE      ports on loopback; PEM files

import { readFileSync } from 'node:fs';
import http from 'node:http';
import http2 from 'node:http2';

const [port, target, key, certificate] = process.argv.slice(2);
const keep = new http.Agent({ keepAlive: true, maxSockets: 8 });

const server = http2.createSecureServer({ key: readFileSync(key), cert: readFileSync(certificate), allowHTTP1: true }, (request, response) => {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !name.startsWith(':')));
  const behind = http.request({ port: Number(target), host: '127.0.0.1', method: request.method, path: request.url, headers, agent: keep }, (answer) => {
    const { connection: _connection, 'keep-alive': _, 'transfer-encoding': __, ...kept } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, kept);
    answer.pipe(response);
  });
  behind.on('error', () => { response.writeHead(502); response.end(); });
  request.pipe(behind);
});
server.listen(Number(port), '127.0.0.1');
