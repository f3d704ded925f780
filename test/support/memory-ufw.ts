/** An ufw that lives in memory: its rules with comments, in order. */

import type { ProgramEnd, RunProgram } from '../../src/firewall/run-program.ts';
import { exited } from './memory-iptables.ts';

export class MemoryUfw {
  /** Comments by rule: `allow from …`; `''`: none. */
  rules = new Map<string, string>();
  /** Called before each run; a value is its end, and nothing is done. */
  fault: () => ProgramEnd | undefined = () => undefined;

  readonly run: RunProgram = async (file, args) => {
    if (file !== 'ufw') throw new Error(`nobody should run '${file}'`);
    return this.fault() ?? exited(0, `${this.#answer(args)}\n`);
  };

  #answer(args: readonly string[]): string {
    const [verb = ''] = args;
    if (verb === 'status') return 'Status: active\nDefault: deny (incoming), allow (outgoing)\n';
    if (verb === 'show') return ['Added user rules:', ...[...this.rules].map(line)].join('\n');
    const words = verb === 'allow' ? args : args.slice(1);
    const at = words.indexOf('comment');
    const rule = (at < 0 ? words : words.slice(0, at)).join(' ');
    const comment = at < 0 ? '' : (words[at + 1] ?? '');
    const isThere = this.rules.has(rule);
    switch (verb) {
      case 'delete':
        return this.rules.delete(rule) ? 'Rule deleted' : 'Could not delete non-existent rule';
      case 'prepend':
        if (isThere) return 'Skipping inserting existing rule';
        this.rules = new Map([[rule, comment], ...this.rules]);
        return 'Rule inserted';
      case 'allow':
        if (this.rules.get(rule) === comment) return 'Skipping adding existing rule';
        this.rules.set(rule, comment);
        return isThere ? 'Rule updated' : 'Rule added';
      default:
        throw new Error(`nobody should run 'ufw ${args.join(' ')}'`);
    }
  }
}

function line([rule, comment]: readonly [string, string]): string {
  return `ufw ${rule}${comment === '' ? '' : ` comment '${comment}'`}`;
}
