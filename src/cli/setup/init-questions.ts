/** Questions at a terminal: each has an answer that Enter gives, and is asked again until the answer fits. */

import { createInterface } from 'node:readline/promises';

export interface Question {
  readonly text: string;
  readonly usual: string;
  /** What is wrong with an answer; undefined: it fits. */
  readonly fault: (answer: string) => string | undefined;
}

/** The answers, or undefined where the input ends before they are complete. */
export async function askAll<K extends string>(
  questions: Readonly<Record<K, Question>>,
  input: NodeJS.ReadableStream = process.stdin,
  output: NodeJS.WritableStream = process.stdout,
): Promise<Readonly<Record<K, string>> | undefined> {
  const terminal = createInterface({ input, output });
  const lines = terminal[Symbol.asyncIterator](); // keeps what is typed ahead
  let isClosed = false;
  terminal.once('close', () => {
    isClosed = true;
  });
  const ask = async (text: string): Promise<string | undefined> => {
    terminal.setPrompt(text);
    if (!isClosed) terminal.prompt(); // Node 26 throws after the end of the input
    const next = await lines.next();
    return next.done === true ? undefined : next.value;
  };
  const answers: [string, string][] = [];
  try {
    for (const [name, question] of Object.entries<Question>(questions)) {
      const answer = await askOne(question, ask, output);
      if (answer === undefined) return undefined;
      answers.push([name, answer]);
    }
    return Object.fromEntries(answers) as Record<K, string>;
  } finally {
    terminal.close();
  }
}

async function askOne(
  { text, usual, fault }: Question,
  ask: (text: string) => Promise<string | undefined>,
  output: NodeJS.WritableStream,
): Promise<string | undefined> {
  for (;;) {
    const given = await ask(`${text} [${usual}] `);
    if (given === undefined) return undefined;
    const answer = given.trim() === '' ? usual : given.trim();
    const what = fault(answer);
    if (what === undefined) return answer;
    output.write(`${what}\n`);
  }
}
