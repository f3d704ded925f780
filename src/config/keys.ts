/** The keys of both kinds of section, with an example of each for hints, and the other names that knockd knows. */

/** A complete line for each key: what a hint tells to write. */
export const OPTION_KEYS = {
  UseSyslog: 'UseSyslog',
  LogFile: 'LogFile = /var/log/knockd.log',
  PidFile: 'PidFile = /var/run/knockd.pid',
  Interface: 'Interface = eth0',
  Include: 'Include = conf.d/*.conf',
  Reorder_Window: 'Reorder_Window = 100ms',
  Max_Strays: 'Max_Strays = 16',
  Ban_Time: 'Ban_Time = 10m',
  Ignore_Ports: 'Ignore_Ports = 80, 443:tcp, 33434-33534:udp',
  Max_Attempts: 'Max_Attempts = 1000000',
  On_Stop: 'On_Stop = close',
  Command_Timeout: 'Command_Timeout = 30s',
  StateDir: 'StateDir = /var/lib/postern',
  Firewall: 'Firewall = nftables',
  Chain: 'Chain = INPUT',
  Mark: 'Mark = 0x1/0x1',
  Control_Socket: 'Control_Socket = /run/postern/control.sock',
} as const;

export const DOOR_KEYS = {
  Sequence: 'Sequence = 7301,48122:udp,15904',
  One_Time_Sequences: 'One_Time_Sequences = /etc/knockd/sequences',
  Totp_Secret: 'Totp_Secret = BASE32',
  Totp_Steps: 'Totp_Steps = 4',
  Totp_Ports: 'Totp_Ports = 10000-60000',
  Spa_Port: 'Spa_Port = 62201',
  Spa_Key: 'Spa_Key = file:/etc/postern/ssh.key',
  Spa_Hmac_Key: 'Spa_Hmac_Key = file:/etc/postern/ssh.hmac',
  Spa_Hmac_Type: 'Spa_Hmac_Type = sha256',
  Spa_User: 'Spa_User = alice',
  Spa_Max_Age: 'Spa_Max_Age = 120s',
  Spa_Any_Source: 'Spa_Any_Source = no',
  Spa_Weak_Digests: 'Spa_Weak_Digests = no',
  Spa_Unauthenticated: 'Spa_Unauthenticated = no',
  Open_For_Max: 'Open_For_Max = 1h',
  Seq_Timeout: 'Seq_Timeout = 25',
  TCPFlags: 'TCPFlags = syn',
  Target: 'Target = 192.0.2.1',
  Allow_From: 'Allow_From = 192.0.2.0/24, 2001:db8::/32',
  Open: 'Open = tcp/22',
  Open_For: 'Open_For = 30s',
  Also_Prefix: 'Also_Prefix = /64',
  Close: 'Close = ssh',
  Start_Command: 'Start_Command = /sbin/iptables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT',
  Start_Command_6: 'Start_Command_6 = /sbin/ip6tables -I INPUT -s %IP% -p tcp --dport 22 -j ACCEPT',
  Cmd_Timeout: 'Cmd_Timeout = 10',
  Stop_Command: 'Stop_Command = /sbin/iptables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT',
  Stop_Command_6: 'Stop_Command_6 = /sbin/ip6tables -D INPUT -s %IP% -p tcp --dport 22 -j ACCEPT',
} as const;

export type OptionKey = keyof typeof OPTION_KEYS;
export type DoorKey = keyof typeof DOOR_KEYS;

const DOOR_ALIASES = {
  Timeout: 'Seq_Timeout',
  Command: 'Start_Command',
  Command_6: 'Start_Command_6',
} as const;

/** What one kind of section knows. */
export interface KeyTable<K extends string> {
  readonly examples: Readonly<Record<K, string>>;
  /** Every spelling in lower case, aliases included, to the key. */
  readonly spellings: ReadonlyMap<string, K>;
  /** Every spelling as the documentation has it, to suggest from. */
  readonly names: readonly string[];
  /** What a hint about a key in the wrong section says: where keys of this table stand. */
  readonly home: string;
}

export const OPTION_TABLE: KeyTable<OptionKey> = {
  examples: OPTION_KEYS,
  spellings: spellingsOf(OPTION_KEYS, {}),
  names: Object.keys(OPTION_KEYS),
  home: 'in [options]',
};

export const DOOR_TABLE: KeyTable<DoorKey> = {
  examples: DOOR_KEYS,
  spellings: spellingsOf(DOOR_KEYS, DOOR_ALIASES),
  names: [...Object.keys(DOOR_KEYS), ...Object.keys(DOOR_ALIASES)],
  home: "in a door's section",
};

function spellingsOf<K extends string>(
  keys: Readonly<Record<K, string>>,
  aliases: Readonly<Record<string, K>>,
): ReadonlyMap<string, K> {
  const own = (Object.keys(keys) as K[]).map((key): [string, K] => [key.toLowerCase(), key]);
  const other = Object.entries(aliases).map(([alias, key]): [string, K] => [alias.toLowerCase(), key]);
  return new Map([...own, ...other]);
}
