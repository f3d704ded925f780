/** Reads what `iptables-save -t filter` prints. Total: lines that it does not know are passed over. */

export interface SavedRule {
  /** As printed, from the chain's name on. */
  readonly text: string;
  /** The chain's name first; without quotes. */
  readonly words: readonly string[];
}

export interface SavedTable {
  /** `ACCEPT` or `DROP` of the built-in chains, `-` of others. */
  readonly policies: ReadonlyMap<string, string>;
  /** In the order of the table. */
  readonly rules: readonly SavedRule[];
}

/** These are always there; iptables-nft prints nothing of them while nobody has used them. */
const BUILT_IN = ['INPUT', 'FORWARD', 'OUTPUT'] as const;

export function parseIptablesSave(text: string): SavedTable {
  const policies = new Map<string, string>(BUILT_IN.map((chain) => [chain, 'ACCEPT']));
  const rules: SavedRule[] = [];
  for (const line of text.split('\n')) {
    const [, chain, policy] = /^:(\S+) (\S+)/.exec(line) ?? [];
    if (chain !== undefined && policy !== undefined) policies.set(chain, policy);
    if (line.startsWith('-A ')) rules.push({ text: line.slice(3), words: wordsOf(line.slice(3)) });
  }
  return { policies, rules };
}

/** Splits at spaces; double quotes hold words together, a backslash in them keeps the next character. */
function wordsOf(text: string): readonly string[] {
  const words = text.match(/(?:"(?:\\.|[^"\\])*"|[^\s"])+/g) ?? [];
  return words.map((word) =>
    word.replaceAll(/"((?:\\.|[^"\\])*)"/g, (_, quoted: string) => quoted.replaceAll(/\\(.)/g, '$1')),
  );
}
