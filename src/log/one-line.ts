/** The last guard of every sink: a message is one line, whatever got into it. Tabs stay. */
export function oneLine(message: string): string {
  return message.replaceAll(/\p{Cc}/gu, (c) =>
    c === '\t' ? c : `\\x${c.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}
