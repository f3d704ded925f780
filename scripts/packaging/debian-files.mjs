/** What makes a tree a Debian package: control fields, scripts, conffiles, and the licences of all parts. */

import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import { gzip } from './gzip.mjs';
import { LIBRARY } from './program-tree.mjs';
import { EXECUTABLE, filesIn, putCopy, putFile } from './tree.mjs';

/**
 * @typedef {object} Kind one of the two packages
 * @property {string} name
 * @property {string} other the package that has the same files
 * @property {boolean} bringsNode
 * @property {string} node where it finds Node
 */

const FOLDER = join(ROOT, 'packaging/debian');

/** The files that belong to the administrator, and where they lie in packaging/debian/. */
const CONFFILES = /** @type {const} */ ([
  ['/etc/knockd.conf', 'knockd.conf', 0o640],
  ['/etc/default/knockd', 'knockd.default', 0o644],
  ['/etc/init.d/postern', 'postern.init', 0o755],
]);

/** Of the libraries that are loaded, versions as the symbols of koffi's and Node's binaries ask for them. */
const LIBRARIES = 'libpcap0.8 | libpcap0.8t64, libnftables1';

/**
 * @param {string} root
 * @param {Kind} kind
 * @param {import('./release.mjs').Release} release
 */
export function putDebianParts(root, kind, release) {
  const docs = `usr/share/doc/${kind.name}`;
  putFile(root, `${docs}/copyright`, copyrightOf(kind));
  putFile(root, `${docs}/changelog.Debian.gz`, gzip(Buffer.from(debianChangelog(kind, release))));
  const overrides = template('lintian-overrides', kind);
  putFile(root, `usr/share/lintian/overrides/${kind.name}`, overrides);
  putCopy(root, `${LIBRARY}/doors-pass`, join(FOLDER, 'doors-pass'), EXECUTABLE);
  for (const [path, file, mode] of CONFFILES) putCopy(root, path, join(FOLDER, file), mode);
}

/**
 * DEBIAN/, after everything else is there.
 * @param {string} root
 * @param {Kind} kind
 * @param {import('./release.mjs').Release & { architecture: string }} release
 */
export function putControl(root, kind, { debianVersion, architecture }) {
  const files = filesIn(root);
  const sums = files
    .filter(
      (path) => lstatSync(join(root, path)).isFile() && !CONFFILES.some(([name]) => name === `/${path}`),
    )
    .map(
      (path) =>
        `${createHash('md5')
          .update(readFileSync(join(root, path)))
          .digest('hex')}  ${path}\n`,
    );
  putFile(root, 'DEBIAN/md5sums', sums.join(''));
  putFile(root, 'DEBIAN/conffiles', CONFFILES.map(([path]) => `${path}\n`).join(''));
  for (const script of ['preinst', 'postinst', 'prerm', 'postrm'])
    putFile(root, `DEBIAN/${script}`, template(script, kind), EXECUTABLE);
  const needs = kind.bringsNode
    ? 'libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 6)'
    : 'libc6 (>= 2.25), libstdc++6, nodejs (>= 20.19)';
  const fields = template('control', kind)
    .replace('@VERSION@', debianVersion)
    .replace('@ARCHITECTURE@', architecture)
    .replace('@SIZE@', String(kilobytes(root, files)))
    .replace('@DEPENDS@', `${needs}, ${LIBRARIES}`);
  putFile(root, 'DEBIAN/control', fields);
}

/**
 * A file of packaging/debian/ with the package's names, and with the files that it asks for: a line `@FILE name@` stands
 * for a file there, `#bundled ` and `#plain ` begin lines of one package alone.
 * @param {string} file
 * @param {Kind} kind
 */
function template(file, kind) {
  return readFileSync(join(FOLDER, file), 'utf8')
    .replace(/^#(bundled|plain) (.*)\n/gm, (_, which, line) =>
      (which === 'bundled') === kind.bringsNode ? `${line}\n` : '',
    )
    .replace(/^@FILE (\S+)@\n/gm, (_, name) => readFileSync(join(FOLDER, name), 'utf8'))
    .replaceAll('@PACKAGE@', kind.name)
    .replaceAll('@OTHER@', kind.other);
}

/** @param {Kind} kind */
function copyrightOf(kind) {
  return template('copyright', kind);
}

/**
 * @param {Kind} kind
 * @param {import('./release.mjs').Release} release
 */
function debianChangelog({ name }, { version, debianVersion, epoch }) {
  const date = new Date(epoch * 1000).toUTCString().replace('GMT', '+0000');
  return [
    `${name} (${debianVersion}) stable; urgency=medium`,
    '',
    `  * Release ${version}; changelog.gz says what is new.`,
    '',
    ` -- ${maintainer()}  ${date}`,
    '',
  ].join('\n');
}

function maintainer() {
  return /^Maintainer: (.*)$/m.exec(readFileSync(join(FOLDER, 'control'), 'utf8'))?.[1] ?? '';
}

/**
 * As dpkg-gencontrol counts: files by the kilobyte, everything else as one.
 * @param {string} root
 * @param {readonly string[]} files
 */
function kilobytes(root, files) {
  const folders = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  return files.reduce((sum, path) => {
    const file = lstatSync(join(root, path));
    return sum + (file.isFile() ? Math.ceil(statSync(join(root, path)).size / 1024) : 1);
  }, folders.length);
}
