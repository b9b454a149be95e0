// Builds assets/page.js and page.css from src and the libraries of package-lock.json, and collects the
// licences of those. The first line of each says what it was built from, so that a test can tell
// whether it is up to date. scripts/report-page runs this.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const here = import.meta.dirname, assets = join(here, '..', 'assets');

// sources is the hash of everything that the page is built from.
function sources() {
  const hash = createHash('sha256');
  for (const name of ['build.mjs', 'package-lock.json', ...readdirSync(join(here, 'src')).sort().map((n) => 'src/' + n)]) {
    hash.update(name + '\n').update(readFileSync(join(here, name))).update('\n');
  }
  return hash.digest('hex');
}

const result = await build({
  absWorkingDir: here, entryPoints: { page: 'src/main.jsx', 'style': 'src/style.css' }, outdir: 'out', bundle: true, minify: true, write: false, metafile: true,
  format: 'iife', target: ['chrome100', 'firefox115', 'safari16'], jsx: 'automatic', jsxImportSource: 'preact', legalComments: 'none', charset: 'utf8',
});
const mark = `/* built by scripts/report-page from ${sources()} */\n`;
for (const file of result.outputFiles) {
  const name = file.path.endsWith('.css') ? 'page.css' : 'page.js';
  if (/<\/(script|style)/i.test(file.text)) throw new Error(name + ' would end the element it is in');
  writeFileSync(join(assets, name), mark + file.text);
}

const used = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const at = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (at) used.add(at[1]);
}
let licences = 'The page of trapline trace --report is built with these libraries.\n';
for (const name of [...used].sort()) {
  const dir = join(here, 'node_modules', name), about = JSON.parse(readFileSync(join(dir, 'package.json')));
  const file = readdirSync(dir).find((f) => /^licen[cs]e/i.test(f));
  licences += `\n${'-'.repeat(72)}\n${name} ${about.version} (${about.license})\n\n${readFileSync(join(dir, file), 'utf8').trim()}\n`;
}
writeFileSync(join(assets, 'LICENSES.txt'), licences);
