/** The program `postern`: what an administrator needs besides the daemon. Each command is loaded when it is asked for. */

import { errnoName, messageOf, OpError } from '../base/op-error.ts';

const WRONG_USAGE = 2;

const HELP = `usage: postern COMMAND [arguments]

commands:
  init                          make a first configuration, by questions or options
  check [FILE]                  look for errors in a configuration, and advise (default /etc/knockd.conf)
  config show [FILE]            say the configuration with its defaults; --origin: where each value comes from
  config doors [FILE]           say the names of its doors
  replay CAPTURE [-c FILE]      tell what each packet of a capture file did, and which doors would have opened
  status                        how the daemon is: doors, attempts, grants, bans, counters
  explain ADDRESS               why a door did or did not open to an address, and what to do next
  open DOOR ADDRESS             open a door for an address as if it had knocked
  close DOOR [ADDRESS]          close a door, for one or for everybody
  ban ADDRESS, unban ADDRESS    ignore the knocks of an address or prefix, or no longer
  reload                        read the configuration anew; its errors are said, and change nothing
  watch                         follow what the daemon sees and does
  report [LOGFILE...]           one HTML page of the daemon's log: openings, scans, refusals over time
  metrics                       the daemon's counters, for Prometheus
  firewall ACTION               apply, confirm, show, plan or remove what doors with 'Open' have in the firewall
  key new DOOR                  secrets for a door that one packet or the time opens, with both sides' texts
  share DOOR                    the client's side of a door: command, other programs' files, QR code
  import fwknop FILE            doors from fwknop's access.conf
  migrate [FILE]                a knockd.conf with firewall commands as one with 'Open'
  help, version

'postern COMMAND --help' says more.
`;

/** @param argv the arguments after the program's name. @returns the exit status */
export async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  endWithReader();
  try {
    return await run(command, rest);
  } catch (error) {
    if (!(error instanceof OpError)) throw error;
    process.stderr.write(`error: ${messageOf(error)}\n`);
    if (error.hint !== undefined) process.stderr.write(`hint: ${error.hint}\n`);
    return 1;
  }
}

/** A reader that goes away, as `head` does, ends the program without a word. */
function endWithReader(): void {
  process.stdout.on('error', (error) => {
    if (errnoName(error) === 'EPIPE') process.exit(0);
    process.stderr.write(`error: failed to write the output: ${error.message}\n`);
    process.exit(1);
  });
}

async function run(command: string | undefined, rest: readonly string[]): Promise<number> {
  switch (command) {
    case 'init':
      return (await import('./setup/init.ts')).init(rest);
    case 'migrate':
      return (await import('./migrate/migrate.ts')).migrate(rest);
    case 'share':
      return (await import('./setup/share.ts')).share(rest);
    case 'check':
      return (await import('./inspect/check.ts')).check(rest);
    case 'config':
      return (await import('./inspect/config.ts')).config(rest);
    case 'replay':
      return (await import('./inspect/replay.ts')).replayCommand(rest);
    case 'report':
      return (await import('./inspect/report.ts')).reportCommand(rest);
    case 'status':
      return (await import('./control/status.ts')).status(rest);
    case 'explain':
      return (await import('./control/explain.ts')).explain(rest);
    case 'open':
      return (await import('./control/open.ts')).open(rest);
    case 'close':
      return (await import('./control/close.ts')).close(rest);
    case 'ban':
      return (await import('./control/ban.ts')).ban(rest);
    case 'unban':
      return (await import('./control/ban.ts')).unban(rest);
    case 'reload':
      return (await import('./control/reload.ts')).reload(rest);
    case 'watch':
      return (await import('./watch/watch.ts')).watch(rest);
    case 'metrics':
      return (await import('./control/metrics.ts')).metrics(rest);
    case 'key':
      return (await import('./setup/key.ts')).key(rest);
    case 'import':
      return (await import('./migrate/import.ts')).importCommand(rest);
    case 'firewall':
      return (await import('./firewall/firewall.ts')).firewallCommand(rest);
    case 'help':
    case '-h':
    case '--help':
      process.stdout.write(HELP);
      return 0;
    case 'version':
    case '-V':
    case '--version':
      process.stdout.write((await import('./version.ts')).versionLine('postern'));
      return 0;
    default: {
      const what = command === undefined ? 'no command is given' : `unknown command '${command}'`;
      process.stderr.write(`error: ${what}\nhint: 'postern help' lists the commands\n`);
      return WRONG_USAGE;
    }
  }
}
