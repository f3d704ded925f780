/** What `knock --help` and `knock --version` say. Kept out of the way of a plain knock, which never loads it. */

export const HELP = `usage: knock [options] HOST PORT[:PROTO]...
       knock [options] PROFILE [-- COMMAND...]
       knock --proxy PROFILE HOST PORT
       knock --close PROFILE
       knock --save NAME [options] HOST [PORT[:PROTO]...]
       knock --list
       knock --totp SECRET [options] HOST
       knock --one-time FILE [options] HOST
       knock --spa --key KEY --hmac-key KEY [options] HOST

Knocks at each port of HOST in turn: one TCP SYN, or one UDP datagram.
PROTO is tcp (default) or udp. PROFILE is what --save NAME keeps.

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
  -w, --wait PORT        wait until this TCP port answers; none: wait for nothing
                         (before COMMAND and with --proxy by default 22, or what --access asks for)
  -t, --timeout TIME     give up after 5, 10s or 2m (default: 10 s after the last knock)
      --proxy            join standard input and output with the port, for ssh's ProxyCommand
      --close            send the profile's closing sequence alone
      --close-sequence PORTS    the closing sequence: 7301,48122:udp
      --close-after      send the closing sequence when all is over
      --keep-open        send none, whatever the profile says
      --save NAME        keep the line as a profile instead of sending anything
  -F, --force            replace a profile of that name
      --list             say which profiles there are
  -j, --json             as JSON
      --show-secrets     with sequences and keys
      --profiles FILE    where they are (default ~/.config/postern/profiles.conf)
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

exit status: 0 sent, and the port answered where that was waited for; 1 wrong usage; 2 name or
             network error; 3 wrong profile or key; 4 the port did not open in time;
             behind COMMAND its own, or 128 and the signal's number

examples: knock host.example 7000 8000:udp 9000
          knock --save home host.example 7000 8000:udp 9000
          knock home -- ssh host.example
`;
