// A person without a browser: follows the pages with plain requests and cookies, for tests that need many.
//
//   node person.mjs URL allow|deny [--stop]
//
// With --stop the last address, the one at the application, is printed and not visited.

import { request } from 'node:http'; // and not fetch(): Debian's Node.js 18 shows no Set-Cookie there

const [start, answer, stop] = process.argv.slice(2);
const cookies = new Map();

function visit(url, fields) {
  const body = fields ? new URLSearchParams(fields).toString() : '';
  return new Promise((resolve, reject) => {
    const options = {
      method: fields ? 'POST' : 'GET',
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; '),
        ...(fields && { 'content-type': 'application/x-www-form-urlencoded' }),
      },
    };
    const sent = request(url, options, (response) => {
      for (const cookie of response.headers['set-cookie'] ?? []) {
        const [name, ...value] = cookie.split(';')[0].split('=');
        cookies.set(name, value.join('='));
      }
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece) => (text += piece));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, next: response.headers.location, text }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

let url = start;
let body;
for (let hop = 0; hop < 20; ++hop) {
  const { status, next, text } = await visit(url, body);
  body = undefined;
  if (next) {
    url = new URL(next, url).href;
    if (new URL(url).origin !== new URL(start).origin && stop) {
      console.log(url);
      process.exit(0);
    }
    continue;
  }
  if (text.includes('id="user"')) {
    body = { user: 'ada' };
  } else if (text.includes('id="allow"')) {
    body = { answer: answer === 'allow' ? 'yes' : 'no' };
  } else {
    console.log(text);
    process.exit(status < 400 ? 0 : 1);
  }
}
process.exit(1);
