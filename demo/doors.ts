/** The knockd.conf of the demo: the three doors of knockd's manual page, and one without commands. */

/** Shortened from knockd's usual 10 to 30 seconds, so that the story stays short. */
export const OPEN_FOR_SECONDS = 4;

/** What packets of somebody who may come in carry, for the server's own firewall to accept. */
export const MARK = '0x1/0x1';

export const OPEN_SSH = ['7000', '8000', '9000'];
export const CLOSE_SSH = ['9000', '8000', '7000'];
export const OPEN_CLOSE_SSH = ['2222:udp', '3333:tcp', '4444:udp'];
export const KERNEL_SSH = ['5151:udp', '6262', '7373:udp'];

/** Name and knocks of each door. */
export const DOORS: readonly (readonly [string, readonly string[]])[] = [
  ['openSSH', OPEN_SSH],
  ['closeSSH', CLOSE_SSH],
  ['opencloseSSH', OPEN_CLOSE_SSH],
  ['kernelSSH', KERNEL_SSH],
];

/** @param stateDir where the daemon keeps its journal. */
export function knockdConf(stateDir: string): string {
  const rule = 'INPUT -s %IP% -p tcp --dport 22 -j ACCEPT';
  return `[options]
    StateDir = ${stateDir}
    Firewall = nftables-mark
    Mark = ${MARK}

[openSSH]
    Sequence = ${OPEN_SSH}
    Seq_Timeout = 5
    Command = iptables -I ${rule}
    TCPFlags = syn

[closeSSH]
    Sequence = ${CLOSE_SSH}
    Seq_Timeout = 5
    Command = iptables -D ${rule}
    TCPFlags = syn

[opencloseSSH]
    Sequence = ${OPEN_CLOSE_SSH}
    Seq_Timeout = 5
    TCPFlags = syn
    Start_Command = iptables -I ${rule}
    Cmd_Timeout = ${OPEN_FOR_SECONDS}
    Stop_Command = iptables -D ${rule}

[kernelSSH]
    Sequence = ${KERNEL_SSH}
    Seq_Timeout = 5
    Open = tcp/22
    Open_For = ${OPEN_FOR_SECONDS}s
`;
}
