/** What lies beside the program: manual pages, completions, the unit, documentation. */

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../root.mjs';
import { gzip } from './gzip.mjs';
import { LIBRARY } from './program-tree.mjs';
import { putCopy, putFile, putLink } from './tree.mjs';

/** Where each shell looks. */
const COMPLETIONS = {
  bash: 'usr/share/bash-completion/completions',
  zsh: 'usr/share/zsh/vendor-completions',
  fish: 'usr/share/fish/vendor_completions.d',
};

/** @param {string} root */
export function putManualPages(root) {
  const pages = join(ROOT, 'dist/man');
  for (const page of filesOf(pages)) {
    const section = page.split('.').at(-1);
    putFile(root, `usr/share/man/man${section}/${page}.gz`, gzip(readFileSync(join(pages, page))));
  }
}

/** @param {string} root */
export function putCompletions(root) {
  for (const [shell, place] of Object.entries(COMPLETIONS)) {
    const folder = join(ROOT, 'dist/completions', shell);
    for (const file of filesOf(folder)) putCopy(root, `${place}/${file}`, join(folder, file));
  }
}

/** The unit where systemd looks, and what scripts of a package may copy. @param {string} root */
export function putUnit(root) {
  const folder = join(ROOT, 'packaging/systemd');
  putCopy(root, 'usr/lib/systemd/system/knockd.service', join(folder, 'knockd.service'));
  // The init script's name is the unit's, too: systemd would start it beside the unit.
  putLink(root, 'usr/lib/systemd/system/postern.service', 'knockd.service');
  for (const file of ['knockd.service', 'examples/commands.conf'])
    putCopy(root, `${LIBRARY}/systemd/${basename(file)}`, join(folder, file));
}

/**
 * Guides and examples, in a folder of usr/share/doc.
 * @param {string} root
 * @param {string} folder
 */
export function putDocumentation(root, folder) {
  const docs = join(ROOT, 'docs');
  for (const page of filesOf(docs)) {
    // What is a manual page is not said twice.
    if (/\.\d\.md$/.test(page)) continue;
    putFile(root, `${folder}/${page}.gz`, gzip(readFileSync(join(docs, page))));
  }
  putFile(root, `${folder}/changelog.gz`, gzip(readFileSync(join(ROOT, 'CHANGELOG.md'))));
  for (const file of ['README.md', 'SECURITY.md']) putCopy(root, `${folder}/${file}`, join(ROOT, file));
  const drops = join(ROOT, 'packaging/systemd/examples');
  for (const file of filesOf(drops)) putCopy(root, `${folder}/examples/systemd/${file}`, join(drops, file));
}

/** @param {string} folder */
function filesOf(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}
