/** Reads what `firewall-cmd --list-all-zones` prints. Total: lines that it does not know are passed over. */

export interface Zone {
  readonly name: string;
  /** What becomes of packets that no rule of the zone names: `default`, `ACCEPT`, `DROP`, `%%REJECT%%`. */
  readonly target: string;
  readonly interfaces: readonly string[];
  readonly services: readonly string[];
  /** `22/tcp`, `60000-61000/udp`. */
  readonly ports: readonly string[];
  readonly richRules: readonly string[];
}

export function parseZones(text: string): readonly Zone[] {
  return text
    .split(/^(?=\S)/m)
    .map(parseZone)
    .filter((zone) => zone.name !== '');
}

/** The first line is the zone's name, perhaps with ` (active)`; then a field a line; rich rules follow theirs. */
function parseZone(block: string): Zone {
  const [title = '', ...lines] = block.split('\n');
  const field = (name: string) => {
    const line = lines.find((each) => each.startsWith(`  ${name}:`)) ?? '';
    return line.slice(line.indexOf(':') + 1).trim();
  };
  const words = (name: string) =>
    field(name)
      .split(' ')
      .filter((word) => word !== '');
  return {
    name: title.split(' ')[0] ?? '',
    target: field('target'),
    interfaces: words('interfaces'),
    services: words('services'),
    ports: words('ports'),
    richRules: lines.map((line) => line.trim()).filter((line) => line.startsWith('rule ')),
  };
}
