// Looks at pages of --report in headless Chromium, and writes a line of JSON for each thing that was
// checked: {"name", "ok", "detail"}. browser_linux_test.go makes the pages and reads the lines.
//
// usage: node page.mjs CHROMIUM DIRECTORY, which has story.html, limits.html, nothing.html, big.html and
// expect.json. With SCREENSHOTS=DIR pictures are left there.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [chromium_, dir] = process.argv.slice(2);
const { chromium } = createRequire(join(process.env.NODE_MODULES, 'x.js'))('playwright-core');
const expect = JSON.parse(readFileSync(join(dir, 'expect.json'), 'utf8'));
const say = (name, ok, detail = '') => process.stdout.write(JSON.stringify({ name, ok: !!ok, detail: String(detail) }) + '\n');
const same = (name, got, want) => say(name, got === want, `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);

const browser = await chromium.launch({ executablePath: chromium_, args: process.getuid() === 0 ? ['--no-sandbox'] : [] });

// open shows a page, in a context of its own, and watches what it complains of and asks for.
async function open(name, colorScheme = 'light') {
  const context = await browser.newContext({ viewport: { width: 1400, height: 860 }, colorScheme });
  const page = await context.newPage(), wrong = [];
  page.on('console', (m) => wrong.push(m.text()));
  page.on('pageerror', (e) => wrong.push(e.message));
  page.on('request', (r) => { if (!/^(file|data):/.test(r.url())) wrong.push('request of ' + r.url()); });
  const begun = Date.now();
  await page.goto('file://' + join(dir, name + '.html'));
  await page.waitForSelector('#root[aria-busy=false] canvas', { timeout: 60_000 });
  const ready = Date.now() - begun;
  return {
    page, ready,
    text: (selector) => page.textContent(selector),
    press: async (selector, ...keys) => {
      if (selector) await page.focus(selector);
      for (const k of keys) await page.keyboard.press(k);
      await settle(page);
    },
    close: async () => {
      if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}-${colorScheme}.png`) });
      same(`${name} ${colorScheme}: nothing is complained of or asked for`, wrong.join('\n'), '');
      await context.close();
    },
  };
}

const settle = (page) => page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
const grid = '[role=grid]', timeline = '.time canvas';
const rows = async (page) => Number(await page.getAttribute(grid, 'aria-rowcount')) - 1;

// colours counts the colours in a part of a canvas.
const colours = (page, selector) => page.evaluate((s) => {
  const c = document.querySelector(s), copy = new OffscreenCanvas(c.width, c.height).getContext('2d', { willReadFrequently: true }), seen = new Set();
  copy.drawImage(c, 0, 0);
  const p = copy.getImageData(0, 0, c.width, c.height).data;
  for (let i = 0; i < p.length; i += 4) seen.add(p[i] << 16 | p[i + 1] << 8 | p[i + 2]);
  return seen.size;
}, selector);

async function story(scheme) {
  const on = (what) => `story ${scheme}: ${what}`;
  const s = await open('story', scheme), { page } = s;
  same(on('the title is text'), await s.text('h1'), expect.title);
  same(on('no element of the trace is in the page'), await page.evaluate(() => document.querySelectorAll('img').length + (document.title === 'owned' ? 1 : 0)), 0);
  same(on('calls and errors'), await page.evaluate(() => [...document.querySelectorAll('.chips b')].slice(0, 3).map((b) => b.textContent).join(' ')), '6 1 2');
  say(on('the timeline has colours'), await colours(page, timeline) > 8, await colours(page, timeline));
  const dark = await page.evaluate(() => { const [r] = getComputedStyle(document.body).backgroundColor.match(/\d+/g); return Number(r) < 128; });
  same(on('the paper is that of the scheme'), dark, scheme === 'dark');

  for (const [i, [tab, n]] of Object.entries(expect.rows).entries()) {
    if (i > 0) await s.press(null, 'ArrowRight'); else await s.press('[role=tab][aria-selected=true]');
    same(on(`${tab} is reached by the keyboard`), await page.evaluate(() => document.activeElement.id), 'tab-' + tab);
    if (n >= 0) same(on(`rows of ${tab}`), await rows(page), n);
    else say(on('the flame graph has colours'), await colours(page, '.flame') > 4, await colours(page, '.flame'));
  }
  const before = await s.text('.bar [role=status]');
  await s.press('.flame', 'ArrowDown', 'ArrowDown', 'Enter');
  const focused = await s.text('.bar [role=status]');
  say(on('the keys go through the flame graph'), before !== focused && focused.startsWith('_start'), `${before} then ${focused}`);

  const whole = await s.text('#view');
  await s.press(timeline, '+', '+', 'ArrowRight');
  const near = await s.text('#view');
  say(on('the keys zoom'), near !== whole, near);
  await s.press(timeline, '0');
  same(on('and go back'), await s.text('#view'), whole);
  await s.press(timeline, 'Home', 'n', 'n');
  same(on('n goes to the next call'), await s.text('aside h2'), 'openat');
  say(on('and says it'), (await s.text('#said')).startsWith('openat(AT_FDCWD, "a.txt") = 3'), await s.text('#said'));
  await s.press(timeline, 'Escape');
  same(on('Escape selects nothing'), await s.text('aside h2'), expect.title);

  await page.fill('.strip input[type=search]', '11');
  await page.waitForTimeout(400); // it waits for a pause in typing
  await page.focus(timeline);
  await s.press(null, 'Home', 'n');
  same(on('threads are filtered'), await s.text('aside h2'), 'connect');

  await page.click('#tab-calls');
  await page.fill('.bar input[type=search]', 'connect');
  await page.waitForFunction((g) => document.querySelector(g).getAttribute('aria-rowcount') === '2', grid);
  await s.press(grid, 'Home', 'Enter');
  same(on('a call is found'), await s.text('aside h2'), 'connect');
  await page.fill('.bar input[type=search]', 'read');
  await page.waitForFunction(() => document.querySelector('[role=grid] tr[aria-rowindex="2"]')?.textContent.includes('1.00\u202fms')); // the read
  await s.press(grid, 'Home', 'Enter');
  same(on('a call of a filtered thread ends the filter'), await page.inputValue('.strip input[type=search]'), '');
  await page.click('#tab-summary');
  await page.click('th:has-text("calls") button');
  same(on('a column sorts'), await page.getAttribute('th:has-text("calls")', 'aria-sort'), 'descending');
  await s.press(grid, 'ArrowDown');
  say(on('a row has a histogram'), await page.isVisible('aside .uplot canvas'));
  await s.press(timeline, '?');
  say(on('? lists the keys'), await page.isVisible('[role=dialog]'));
  await s.press(null, 'Escape');
  say(on('and Escape ends that'), !await page.isVisible('[role=dialog]'));

  const nameless = await page.evaluate(() => [...document.querySelectorAll('button, input, canvas[tabindex], [role=grid], [role=separator], [role=tablist]')]
    .filter((e) => !(e.textContent.trim() || e.ariaLabel || e.closest('label')?.textContent)).map((e) => e.outerHTML.slice(0, 80)).join('\n'));
  same(on('what can be used has a name'), nameless, '');
  const dim = await page.evaluate(() => {
    const style = getComputedStyle(document.documentElement);
    const light = (name) => {
      const v = style.getPropertyValue(name).trim().match(/[0-9a-f]{2}/gi).map((h) => parseInt(h, 16) / 255).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
      return 0.2126 * v[0] + 0.7152 * v[1] + 0.0722 * v[2];
    };
    return ['ink', 'faint', 'error', 'accent'].flatMap((a) => ['paper', 'panel'].map((b) => {
      const [x, y] = [light('--' + a), light('--' + b)].sort((p, q) => q - p);
      return [`${a} on ${b}`, (x + 0.05) / (y + 0.05)];
    })).filter(([, ratio]) => ratio < 4.5).join(' ');
  });
  same(on('text stands out (WCAG AA)'), dim, '');
  await s.close();
}

// A long trace is drawn and zoomed in frames, however many calls there are.
async function big() {
  const s = await open('big'), { page } = s;
  same('big: calls', await page.evaluate(() => document.querySelector('.chips b').textContent), expect.calls);
  const frames = await page.evaluate(async (selector) => {
    const canvas = document.querySelector(selector), times = [];
    const box = canvas.getBoundingClientRect();
    for (let i = 0; i < 60; i++) {
      const begun = performance.now();
      canvas.dispatchEvent(new WheelEvent('wheel', { deltaY: i % 20 < 12 ? -120 : 180, clientX: box.x + 700, clientY: box.y + 90, bubbles: true, cancelable: true }));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - begun);
    }
    return times.sort((a, b) => a - b);
  }, timeline);
  const detail = `ready after ${s.ready} ms; a frame takes ${frames[30].toFixed(1)} ms (median), ${frames[57].toFixed(1)} (p95)`;
  say('big: it zooms', frames[30] < 400, detail); // a loaded machine without a GPU; people have one
  await page.click('#tab-calls');
  await page.click('th:has-text("arguments")');
  same('big: all calls are listed', await rows(page), Number(expect.calls.replaceAll(',', '')));
  await s.press(grid, 'End');
  const last = Number(expect.calls.replaceAll(',', '')) + 1;
  say('big: the last row is reached', await page.waitForSelector(`tr[aria-rowindex="${last}"]`, { timeout: 30_000 }));
  same('big: few rows are in the document', (await page.evaluate(() => document.querySelectorAll('tbody tr').length)) < 100, true);
  await s.close();
}

async function small() {
  const limits = await open('limits');
  const notes = await limits.text('.notes');
  for (const part of ['threads', 'processes', 'signals, execs and ends', 'unusual numbers', 'frames of stacks']) {
    say(`limits: what is missing is said (${part})`, notes.includes(part), notes);
  }
  say('limits: what chose calls is said, as text', notes.includes('chosen by -e <b>read</b> are') && (await limits.text('.chips li')) === '-e <b>read</b>', notes);
  say('limits: and how many calls', /calls of up to/.test(notes), notes);
  await limits.close();
  const nothing = await open('nothing');
  same('nothing: a page of no calls', await nothing.page.evaluate(() => document.querySelector('.chips b').textContent), '0');
  for (const tab of ['calls', 'errors', 'files', 'peers', 'processes', 'moments', 'flame']) await nothing.page.click('#tab-' + tab);
  await nothing.press(timeline, '+', 'n', 'ArrowDown', '0');
  await nothing.close();
}

try {
  await story('light');
  await story('dark');
  await small();
  await big();
} catch (error) {
  say('the driver', false, error.stack);
} finally {
  await browser.close();
}
