/** What `knock --help` and `knock --version` say. Kept out of the way of a plain knock, which never loads it. */

export const HELP = `usage: knock [options] HOST PORT[:PROTO]...
       knock PROFILE
       knock --totp SECRET [options] HOST
       knock --one-time FILE [options] HOST
       knock --spa --key KEY --hmac-key KEY [options] HOST

Knocks at each port of HOST in turn: one TCP SYN, or one UDP datagram.
PROTO is tcp (default) or udp.

options:
  -u, --udp        make every knock UDP, whatever PROTO says
  -d, --delay MS   wait MS milliseconds between knocks (default 0)
  -4, --ipv4       use IPv4 only
  -6, --ipv6       use IPv6 only
  -b, --both       knock over IPv4 and then over IPv6, where the host has both
      --totp SECRET      knock the time-based sequence of this moment; SECRET is base32 or file:/path
      --totp-steps N     knocks in it, as the server has them (default 4)
      --totp-ports PORTS    where its ports lie, as the server has them (default 10000-60000)
      --one-time FILE    knock the next unused sequence of FILE, and mark it as used
      --spa              send one encrypted and signed packet instead of knocks
  -v, --verbose    say each knock as it is sent
  -V, --version    say the version
  -h, --help       say this

with --spa (KEY: file:/path, base64:... or plain:...):
  -k, --key KEY          the passphrase of the server's door
  -K, --hmac-key KEY     its HMAC key
      --hmac-type TYPE   when that is not sha256
      --no-hmac          when it has none
  -A, --access PORTS     what to open: tcp/22,udp/60000 (default tcp/22)
  -f, --for TIME         for how long: 30s, 10m, 2h (default: as long as the server says)
  -a, --own-address IP    whom to open for (default: the address of this machine towards the server)
  -R, --resolve HOW      a command or URL that says that address, for machines behind NAT
  -s, --any-source       leave the address open; servers refuse that unless told otherwise
  -U, --user NAME        the user's name in the packet
  -p, --port PORT        the UDP port to send to (default 62201)

exit status: 0 every knock was sent, 1 wrong usage, 2 name or network error,
             3 wrong profile

example: knock host.example 7000 8000:udp 9000
`;
