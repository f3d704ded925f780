/** What a real shell offers at the end of a line, with the built completions. Each asks all its questions in one process. */

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { POSTERN } from '../../lab/programs.ts';

const FOLDER = fileURLToPath(new URL('../../completions/', import.meta.url));

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Why the shell cannot be asked. */
export function missing(shell: Shell): string | false {
  return spawnSync(shell, ['-c', 'true']).error === undefined ? false : `no ${shell} here`;
}

/** The file that a distribution installs. */
export function completionFile(shell: Shell, program: string): string {
  const name = { bash: program, zsh: `_${program}`, fish: `${program}.fish` }[shell];
  return join(FOLDER, shell, name);
}

/**
 * @param lines as typed, the cursor at their end; words are separated by single spaces, nothing is quoted
 * @returns for each line the words offered, sorted, each once
 */
export function offers(
  shell: Shell,
  lines: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): readonly (readonly string[])[] {
  const { PATH = '' } = process.env;
  const path = [dirname(POSTERN), dirname(process.execPath), PATH].join(':');
  const { stdout, stderr, status } = spawnSync(shell, [...START[shell], SCRIPTS[shell], shell, ...lines], {
    encoding: 'utf8',
    env: { ...process.env, PATH: path, COMPLETIONS: join(FOLDER, shell), ...environment },
    timeout: 120_000,
  });
  if (status !== 0 || stderr !== '') throw new Error(`${shell}: status ${status}: ${stderr}`);
  const blocks = stdout.split(/^== .*\n/m).slice(1);
  if (blocks.length !== lines.length) throw new Error(`${shell} answered ${blocks.length} times:\n${stdout}`);
  return blocks.map((block) => {
    const words = block.split('\n').map((line) => line.replace(/[=\t].*/, '').trim());
    return [...new Set(words.filter((word) => word !== ''))].sort();
  });
}

const START: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['--norc', '-c'],
  zsh: ['-f', '-c'],
  fish: ['--no-config', '-c'],
};

const BASH = `
for file in "$COMPLETIONS"/*; do source "$file"; done
for line; do
  echo "== $line"
  read -ra COMP_WORDS <<< "$line"
  [[ $line == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$(( \${#COMP_WORDS[@]} - 1 ))
  COMPREPLY=()
  "_\${COMP_WORDS[0]}"
  printf '%s\\n' "\${COMPREPLY[@]}"
done`;

const FISH = `
for file in $COMPLETIONS/*.fish; source $file; end
for line in $argv[2..-1]
  echo "== $line"
  complete -C "$line"
end
true`;

/** A shell of its own at a terminal of its own: completion is there for its line editor alone. */
const ZSH = `
zmodload zsh/zpty
export OUT=$(mktemp)
zpty editor zsh -f -i
zpty -w editor 'PROMPT= LISTMAX=10000; unsetopt beep; fpath=($COMPLETIONS $fpath); autoload -Uz compinit; compinit -u -D
compadd() {
  [[ \${@[1,(i)(-|--)]} == *-(O|A|D)* ]] && { builtin compadd "$@"; return }
  local -a offered; builtin compadd -O offered "$@"; print -rl -- $offered >> $OUT; builtin compadd "$@" }
next() { BUFFER= CURSOR=0; print -- "== next" >> $OUT }
zle -N next; bindkey "^G" next; bindkey "^I" complete-word; print -- "== ready" >> $OUT'
wait_for() {
  local -i tries=0
  while [[ $(grep -c '^== ' $OUT) -lt $1 ]]; do
    (( ++tries > 1000 )) && { print -u2 "no answer after $(tail -n 3 $OUT)"; exit 1 }
    zpty -r -t editor discarded
    sleep 0.01
  done
}
wait_for 1
integer asked=1
for line; do
  zpty -n -w editor "$line"$'\\t\\a'
  wait_for $(( ++asked ))
done
zpty -d editor
sed '$d' $OUT
rm $OUT`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
