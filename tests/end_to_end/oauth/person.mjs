// A person without a browser: follows the pages with plain requests and cookies, for tests that need many.
//
//   node person.mjs URL allow|deny [--stop]
//
// With --stop the last address, the one at the application, is printed and not visited.

const [start, answer, stop] = process.argv.slice(2);
const cookies = new Map();

async function visit(url, body) {
  const response = await fetch(url, {
    method: body ? 'POST' : 'GET',
    redirect: 'manual',
    headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
    body: body ? new URLSearchParams(body) : undefined,
  });
  for (const cookie of response.headers.getSetCookie()) {
    const [name, ...value] = cookie.split(';')[0].split('=');
    cookies.set(name, value.join('='));
  }
  return response;
}

let url = start;
let body;
for (let hop = 0; hop < 20; ++hop) {
  const response = await visit(url, body);
  body = undefined;
  const next = response.headers.get('location');
  if (next) {
    url = new URL(next, url).href;
    if (new URL(url).origin !== new URL(start).origin && stop) {
      console.log(url);
      process.exit(0);
    }
    continue;
  }
  const text = await response.text();
  if (text.includes('id="user"')) {
    body = { user: 'ada' };
  } else if (text.includes('id="allow"')) {
    body = { answer: answer === 'allow' ? 'yes' : 'no' };
  } else {
    console.log(text);
    process.exit(response.ok ? 0 : 1);
  }
}
process.exit(1);
