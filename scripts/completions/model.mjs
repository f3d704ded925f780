/** The command lines of the three programs, read from what their `--help` says. */

import { closedSets, compiled } from './sets.mjs';
import { offerFor, words } from './values.mjs';

/**
 * @typedef {import('./values.mjs').Offer} Offer
 *
 * @typedef {object} Option
 * @property {string} short a letter, or empty
 * @property {string} long without dashes
 * @property {string} placeholder empty: it takes no value
 * @property {string} summary
 * @property {Offer} offer
 *
 * @typedef {object} Operand
 * @property {string} name
 * @property {readonly Offer[]} offers
 *
 * @typedef {object} Command
 * @property {string} name empty for a program without commands
 * @property {string} summary
 * @property {readonly Option[]} options
 * @property {readonly Operand[]} operands
 *
 * @typedef {object} Program
 * @property {string} name
 * @property {readonly Command[]} commands
 */

/** @returns {Promise<Program[]>} */
export async function programs() {
  const sets = await closedSets();
  const simple = ['knockd', 'knock'].map(async (name) => {
    const help = await helpOf(name, ['--help']);
    return { name, commands: [commandOf(name, { name: '', summary: '' }, help, sets)] };
  });
  return [...(await Promise.all(simple)), await postern(sets)];
}

/** @param {import('./sets.mjs').ClosedSets} sets @returns {Promise<Program>} */
async function postern(sets) {
  const commands = [];
  for (const each of commandsOf(await helpOf('postern', ['help']))) {
    const isSimple = each.name === 'help' || each.name === 'version';
    const help = isSimple ? '' : await helpOf('postern', [each.name, '--help']);
    commands.push(commandOf(`postern ${each.name}`, each, help, sets));
  }
  return { name: 'postern', commands };
}

/** Of `  ban ADDRESS, unban ADDRESS   text`: both; of two lines for one command the first. @param {string} help */
function commandsOf(help) {
  const rows = [...help.matchAll(/^ {2}([a-z]\S*(?: \S+)*)(?: {2,}(.*))?$/gm)];
  const all = rows.flatMap(([, usages = '', summary = '']) =>
    usages.split(', ').map((usage) => ({ name: usage.split(' ')[0] ?? '', summary })),
  );
  return all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at);
}

/**
 * @param {string} owner
 * @param {{ name: string, summary: string }} about
 * @param {string} help
 * @param {import('./sets.mjs').ClosedSets} sets
 * @returns {Command}
 */
function commandOf(owner, about, help, sets) {
  const options = [...help.matchAll(/^ {2,6}(?:-(\w), )?--([\w-]+)(?: ([A-Z]+))? +(.*)$/gm)].map(
    ([, short = '', long = '', placeholder = '', text = '']) => ({
      short,
      long,
      placeholder,
      summary: text.replace(/ \(default[^()]*\)$/, ''),
      offer: placeholder === '' ? words([]) : offerFor(owner, `--${long}`, placeholder, sets),
    }),
  );
  return { ...about, options, operands: operandsOf(owner, help, sets) };
}

/**
 * From the lines of the usage: at each place what any of them has there.
 * @param {string} owner @param {string} help @param {import('./sets.mjs').ClosedSets} sets
 * @returns {Operand[]}
 */
function operandsOf(owner, help, sets) {
  const usage = (/^usage: (.*?)\n\n/s.exec(help)?.[1] ?? '').split('\n').map((line) => line.trim());
  /** @type {{ name: string, offers: Offer[] }[]} */
  const operands = [];
  for (const line of usage) {
    const rest = line.slice(owner.length).replaceAll(/\[-[^\]]*\]|\[options\]|--?[\w-]+( [A-Z]+\b)?/g, '');
    for (const [at, place] of placesOf(rest).entries()) {
      const operand = operands[at] ?? { name: place[0]?.toLowerCase() ?? '', offers: [] };
      operands[at] = operand;
      const isNew = (/** @type {Offer} */ offer) => operand.offers.every((other) => !isSame(offer, other));
      operand.offers.push(...offersAt(owner, place, sets).filter(isNew));
    }
  }
  return operands;
}

/** @param {Offer} a @param {Offer} b */
function isSame(a, b) {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** `confirm | show [FILE]`: two places, the first with two words. @param {string} rest */
function placesOf(rest) {
  return rest
    .replaceAll(/[[\]]|\.\.\./g, '')
    .replaceAll(/ *\| */g, '|')
    .split(' ')
    .filter((word) => word !== '')
    .map((word) => word.split(/[|:]/));
}

/** @param {string} owner @param {readonly string[]} place @param {import('./sets.mjs').ClosedSets} sets */
function offersAt(owner, place, sets) {
  const fixed = place.filter((word) => /^[a-z]/.test(word));
  const others = place
    .filter((word) => !fixed.includes(word))
    .map((word) => offerFor(owner, word, word, sets));
  return fixed.length === 0 ? others : [words(fixed), ...others];
}

/** @param {string} program @param {readonly string[]} args @returns {Promise<string>} what it writes */
async function helpOf(program, args) {
  const { main } = await compiled(`src/cli/${program}.js`);
  const { stdout } = process;
  const write = stdout.write;
  let text = '';
  stdout.setMaxListeners(0); // the programs listen for its errors, once each time
  stdout.write = (chunk, ...rest) => {
    text += chunk;
    for (const done of rest) if (typeof done === 'function') done();
    return true;
  };
  try {
    await main(args);
  } finally {
    stdout.write = write;
  }
  return text;
}
