// Drives Firefox (by WebDriver BiDi) or Chromium: one JSON line in (open an address, or ask for the value of an expression), one out.

import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const require = createRequire(new URL('../../verifier_pwa/package.json', import.meta.url));
const puppeteer = require('puppeteer-core');

const { kind, browser: executablePath, folder, preferences } = JSON.parse(process.argv[2]);
const browser = await puppeteer.launch({
  browser: kind, executablePath, userDataDir: folder, headless: true,
  args: kind === 'chrome' ? ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking', '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup', '--use-fake-ui-for-media-stream'] : [],
  extraPrefsFirefox: {
    'intl.accept_languages': 'fr',
    'network.dns.disablePrefetch': true, 'browser.safebrowsing.downloads.enabled': false, ...preferences,
  },
});
const page = await browser.newPage();
await page.setViewport({ width: 390, height: 844 });
page.on('dialog', (dialog) => { void dialog.accept(); }); // what would be lost is lost: the next address is wanted
const tell = (/** @type {unknown} */ said) => process.stdout.write(`${JSON.stringify(said)}\n`);
tell({});

for await (const line of createInterface(process.stdin)) {
  const { open, ask } = JSON.parse(line);
  try {
    if (open) {
      await page.goto('about:blank');
      await page.goto(open, { waitUntil: 'domcontentloaded' });
      tell({});
    } else {
      tell({ value: await page.evaluate(`(async () => (${ask}))()`) });
    }
  } catch (error) {
    const between = /context|navigat|destroyed|no such frame|DiscardedBrowsingContext/i.test(error.message);
    tell(between && !open ? { value: null } : { error: error.message });
  }
}
await browser.close();
