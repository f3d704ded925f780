/** What `knock --help` and `knock --version` say. Kept out of the way of a plain knock, which never loads it. */

export const HELP = `usage: knock [options] HOST PORT[:PROTO]...

Knocks at each port of HOST in turn: one TCP SYN, or one UDP datagram.
PROTO is tcp (default) or udp.

options:
  -u, --udp        make every knock UDP, whatever PROTO says
  -d, --delay MS   wait MS milliseconds between knocks (default 0)
  -4, --ipv4       use IPv4 only
  -6, --ipv6       use IPv6 only
  -b, --both       knock over IPv4 and then over IPv6, where the host has both
  -v, --verbose    say each knock as it is sent
  -V, --version    say the version
  -h, --help       say this

exit status: 0 every knock was sent, 1 wrong usage, 2 name or network error

example: knock host.example 7000 8000:udp 9000
`;
