/** A firewalld that lives in memory, behind firewall-cmd: rich rules of zones, with times on a clock of its own. */

import type { ProgramEnd, RunProgram } from '../../src/firewall/run-program.ts';
import { exited } from './memory-iptables.ts';

export class MemoryFirewalld {
  nowMs = 0;
  defaultZone = 'public';
  /** Ends by rule; undefined: none. */
  readonly zones = new Map<string, Map<string, number | undefined>>([
    ['public', new Map()],
    ['external', new Map()],
    ['drop', new Map()],
  ]);
  readonly interfaces = new Map([['external', 'eth1']]);
  /** Called before each run; a value is its end, and nothing is done. */
  fault: () => ProgramEnd | undefined = () => undefined;

  readonly run: RunProgram = async (file, args) => {
    if (file !== 'firewall-cmd') throw new Error(`nobody should run '${file}'`);
    this.#expire();
    return this.fault() ?? this.#answer(args);
  };

  rules(zone: string): readonly string[] {
    this.#expire();
    return [...(this.zones.get(zone)?.keys() ?? [])];
  }

  /** `firewall-cmd --reload`. */
  reload(): void {
    for (const rules of this.zones.values()) rules.clear();
  }

  #answer(args: readonly string[]): ProgramEnd {
    if (args[0] === '--list-all-zones') return exited(0, this.#listing());
    if (args[0] === '--get-default-zone') return exited(0, `${this.defaultZone}\n`);
    const value = (name: string) =>
      args.filter((arg) => arg.startsWith(`--${name}=`)).map((arg) => arg.slice(name.length + 3));
    const rules = this.zones.get(value('zone')[0] ?? '');
    if (rules === undefined) return exited(112, '', 'Error: INVALID_ZONE');
    const warnings: string[] = [];
    const [timeout] = value('timeout');
    const end = timeout === undefined ? undefined : this.nowMs + Number(timeout) * 1000;
    for (const rule of value('add-rich-rule')) {
      if (rules.has(rule)) warnings.push(`Warning: ALREADY_ENABLED: '${rule}' already in`);
      else rules.set(rule, end);
    }
    for (const rule of value('remove-rich-rule')) {
      if (!rules.delete(rule)) warnings.push(`Warning: NOT_ENABLED: '${rule}' not in`);
    }
    return exited(0, 'success\n', warnings.join('\n'));
  }

  #listing(): string {
    return [...this.zones]
      .map(([name, rules]) => {
        const lines = [...rules.keys()].map((rule) => `\t${rule}\n`).join('');
        return `${name}\n  target: default\n  interfaces: ${this.interfaces.get(name) ?? ''}\n  services: \n  ports: \n  rich rules: \n${lines}`;
      })
      .join('\n');
  }

  #expire(): void {
    for (const rules of this.zones.values()) {
      for (const [rule, end] of rules) if (end !== undefined && end <= this.nowMs) rules.delete(rule);
    }
  }
}
