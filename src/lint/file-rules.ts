/** What is wrong with the files themselves. */

import type { Rule } from './rule.ts';

const READABLE_BY_OTHERS = 0o004;

export const FILE_RULES: readonly Rule[] = [
  {
    code: 'readable-by-everyone',
    why: 'Sequences and keys are secrets: every user of this machine, and every program that can read files on it, can read them.',
    check: ({ config, context }) =>
      config.files.flatMap((file) => {
        const mode = context.modeOf(file);
        if (mode === undefined || (mode & READABLE_BY_OTHERS) === 0) return [];
        return [
          {
            at: { file },
            message: 'everyone on this machine can read the sequences and keys',
            hint: `chmod o-r ${file}`,
          },
        ];
      }),
  },
];
