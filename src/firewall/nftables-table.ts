/** One table as the kernel has it: listed, compared, replaced, removed. */

import {
  changeElements,
  type ElementChange,
  elementsOf,
  type SetElement,
} from '../native/nftables-elements.ts';
import { runNftables } from '../native/nftables-library.ts';
import { hasRules, nftablesGeneration } from '../native/nftables-socket.ts';
import { isMissing, kernelRefusal, libraryRefusal } from './nftables-error.ts';
import { removalScript } from './nftables-script.ts';

export class NftablesTable {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  /** Without the elements of its sets where that is `terse`; undefined when there is none. @throws OpError */
  list(how: 'full' | 'terse'): string | undefined {
    this.generation();
    const { ok, text } = runNftables(`list table inet ${this.name}`, how);
    if (ok) return text;
    if (isMissing(text)) return undefined;
    throw libraryRefusal('list', this.name, text);
  }

  /**
   * What `list('terse')` gives for a table of this body, whatever the version of the library: such a table is made for a
   * moment, dormant, so that it sees no packet.
   * @throws OpError
   */
  reference(body: string): string {
    const other = new NftablesTable(`${this.name}_reference`);
    other.run(`${removalScript(other.name)}table inet ${other.name} {\n\tflags dormant\n${body}}\n`);
    const listing = other.list('terse') ?? '';
    other.remove();
    return listing.replace(other.name, this.name).replace('\tflags dormant\n\n', '');
  }

  /** All of the script or nothing. @throws OpError */
  run(script: string): void {
    this.generation();
    const { ok, text } = runNftables(script);
    if (!ok) throw libraryRefusal('change', this.name, text);
  }

  remove(): void {
    this.run(removalScript(this.name));
  }

  /** The number of the ruleset; every change of anybody counts it up. @throws OpError without nftables or the right to it */
  generation(): number {
    const answer = nftablesGeneration();
    if (typeof answer === 'string') throw kernelRefusal('speak to', this.name, answer);
    return answer;
  }

  /** False also where there is no table. @throws OpError */
  hasRules(): boolean {
    const answer = hasRules(this.name);
    if (typeof answer === 'string') throw kernelRefusal('list', this.name, answer);
    return answer;
  }

  /** `refused` only where the table or a set is missing, or what is added is there. @throws OpError for anything else */
  change(changes: readonly ElementChange[]): {
    readonly refused: 'ENOENT' | 'EEXIST' | undefined;
    readonly transactions: number;
  } {
    const { refused, transactions } = changeElements(this.name, changes);
    if (refused === undefined || refused === 'ENOENT' || refused === 'EEXIST')
      return { refused, transactions };
    throw kernelRefusal('change', this.name, refused);
  }

  /** Nothing when the set is not there. @throws OpError */
  elements(set: string): readonly SetElement[] {
    const elements = elementsOf(this.name, set);
    if (elements === 'ENOENT') return [];
    if (typeof elements === 'string') throw kernelRefusal('list', this.name, elements);
    return elements;
  }
}
