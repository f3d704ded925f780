/** The doors and sources that several rows share. */

/** tcp. */
export const DOOR_PORTS = [7001, 8002, 9003] as const;

/** Attempts live longer than any flood of the bench lasts. */
export const ONE_DOOR = `[ssh]\nSequence = ${DOOR_PORTS}\nSeq_Timeout = 25\n`;

const UDP_PORTS = [7001, 8002, 9003] as const;

/** For what is knocked from a program. */
export const UDP_DOOR = `[ssh]\nSequence = ${UDP_PORTS.map((port) => `${port}:udp`)}\nSeq_Timeout = 5\n`;
export const UDP_KNOCKS = UDP_PORTS.map((port) => ({ port, text: 'k' }));

/** Twice what the table of attempts holds: every packet of a flood is of a source that is not in it. */
export const FLOOD_SOURCES = 2_097_152;

/** First knocks of the doors above. */
export const FIRST_KNOCKS = { sources: FLOOD_SOURCES, ports: DOOR_PORTS.slice(0, 1) } as const;

/** What the table of attempts holds, unless `Max_Attempts` says otherwise. */
export const FULL_TABLE = 1_048_576;

/** Doors that share no sequence, the first of them with port 7001 first. */
export function differentDoors(count: number): string {
  return doors(count, (i) => [7001 + (i % 50_000), 1 + ((i * 7919) % 65_000), 1 + ((i * 104_729) % 65_000)]);
}

/** All with port 7001 first. */
export function doorsWithOneFirstStep(count: number): string {
  return doors(count, (i) => [7001, 10_000 + i, 20_000 + i]);
}

export function doors(count: number, sequence: (i: number) => readonly number[]): string {
  return Array.from({ length: count }, (_, i) => `[d${i}]\nSequence = ${sequence(i)}\n`).join('');
}
