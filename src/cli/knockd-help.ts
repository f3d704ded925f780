/** What `knockd --help` says. */

export const HELP = `usage: knockd [options]

Watches for secret sequences of knocks, and opens doors to those who knew them.

options:
  -i, --interface IF   listen on this interface: a name, several with commas, any, or auto
  -d, --daemon         go to the background
  -c, --config FILE    read this configuration (default /etc/knockd.conf)
  -D, --debug          say what each packet did
  -l, --lookup         write host names to the log, too
  -p, --pidfile FILE   write the process number to this file (default /var/run/knockd.pid)
  -g, --logfile FILE   write the log to this file
  -v, --verbose        write the log to standard output, too
  -4, --only-ip-v4     leave IPv6 alone
      --log-format F   text (default), or json: one object a line
  -V, --version        say the version
  -h, --help           say this

signals: SIGHUP reads the configuration anew, SIGTERM and SIGINT end the daemon

'postern check FILE' looks for errors in a configuration.
`;
