/** Whether one command takes back what another one did, as far as that can be read from their text. */

import { iptablesCall, isUndone } from './iptables-call.ts';

/** `iptables -D`, `ufw delete`, `nft delete`, `firewall-cmd --remove-rich-rule`; also what ends by itself. */
const TAKES_BACK = /\s(?:-D|--delete|delete|del|--remove-[\w-]+|--timeout)\b/;

export function takesBack(command: string): boolean {
  return TAKES_BACK.test(command);
}

/** Whether `closing` takes back what `opening` does. */
export function isTakenBackBy(opening: string, closing: string): boolean {
  const [made, deleted] = [iptablesCall(opening), iptablesCall(closing)];
  if (made !== undefined && deleted !== undefined) return isUndone(made, deleted);
  return takesBack(closing) && opening === withoutTakingBack(closing);
}

/** The words of ufw and firewall-cmd. */
function withoutTakingBack(command: string): string {
  return command.replace(/\sdelete\b/, '').replace(/\s--remove-/, ' --add-');
}
