// A person at a browser: headless Chromium that is sent to an address and does what a person would.
//
//   node browser.mjs URL allow|deny PROFILE-DIR
//
// Signs in, allows or denies, and prints as JSON what is shown in the end: {title, text, scripts, host}.

import puppeteer from 'puppeteer-core';

const [url, answer, profile] = process.argv.slice(2);

const browser = await puppeteer.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  headless: true,
  userDataDir: profile,
  args: [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  const page = await browser.newPage();
  page.setDefaultTimeout(20_000);
  await page.goto(url);
  await page.waitForSelector('#user');
  await page.type('#user', 'ada');
  await Promise.all([page.waitForNavigation(), page.click('#sign-in')]);
  await page.waitForSelector(`#${answer}`);
  await Promise.all([page.waitForNavigation(), page.click(`#${answer}`)]);
  await page.waitForSelector('h1');
  const shown = await page.evaluate(() => ({
    title: document.title,
    text: document.body.innerText,
    scripts: document.scripts.length,
    host: location.hostname,
  }));
  console.log(JSON.stringify(shown));
} finally {
  await browser.close();
}
