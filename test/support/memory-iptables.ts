/** Filter tables that live in memory, behind the programs of iptables that the backend runs. */

import type { ProgramEnd, RunProgram } from '../../src/firewall/run-program.ts';

export class MemoryIptables {
  /** The rules of each family, without `-A `, in order. */
  readonly rules: Record<'iptables' | 'ip6tables', string[]> = { iptables: [], ip6tables: [] };
  /** Called before each run; a value is its end, and nothing is done. */
  fault: (file: string) => ProgramEnd | undefined = () => undefined;

  readonly run: RunProgram = async (file, _args, { input = '' } = {}) => {
    const fault = this.fault(file);
    if (fault !== undefined) return fault;
    const [, program, what] = /^(iptables|ip6tables)-(save|restore)$/.exec(file) ?? [];
    if (program !== 'iptables' && program !== 'ip6tables') throw new Error(`nobody should run '${file}'`);
    return what === 'save' ? exited(0, this.#save(program)) : this.#restore(program, input);
  };

  #save(program: 'iptables' | 'ip6tables'): string {
    const rules = this.rules[program].map((rule) => `-A ${rule}\n`).join('');
    return `*filter\n:INPUT DROP [0:0]\n${rules}COMMIT\n`;
  }

  /** All lines or none, as the real one. */
  #restore(program: 'iptables' | 'ip6tables', input: string): ProgramEnd {
    const rules = [...this.rules[program]];
    for (const line of input.split('\n')) {
      if (line.startsWith('-I ')) rules.unshift(line.slice(3));
      if (!line.startsWith('-D ')) continue;
      const at = rules.indexOf(line.slice(3));
      if (at < 0) return exited(1, '', 'line failed');
      rules.splice(at, 1);
    }
    this.rules[program] = rules;
    return exited(0, '');
  }
}

export function exited(status: number, stdout: string, stderr = ''): ProgramEnd {
  return { kind: 'exited', status, stdout, stderr };
}
