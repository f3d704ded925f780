/** What a door does, for people; its name and state stand elsewhere. */

import { durationText } from '../../base/people-time.ts';
import type { DoorStatus } from '../../control/status.ts';

export function doorText(door: DoorStatus): string {
  const details = [
    doesText(door),
    ...(door.allowFrom.length === 0 ? [] : [`from ${door.allowFrom.join(', ')} only`]),
    ...(door.opensBy === 'sequence' ? [] : [BY[door.opensBy]]),
    `${door.matches} ${door.matches === 1 ? 'match' : 'matches'}`,
    ...(door.sequence === undefined || door.opensBy === 'spa' ? [] : [`sequence ${door.sequence || 'none'}`]),
  ];
  return details.join('; ');
}

const BY = {
  'one-time': 'one-time sequences',
  totp: 'time-based sequences',
  spa: 'by one SPA packet',
} as const;

function doesText({ does, ports, opensForMs, closes }: DoorStatus): string {
  const time = opensForMs === null ? '' : ` for ${durationText(opensForMs)}`;
  const also = closes.length === 0 ? '' : `closes ${closes.join(', ')}`;
  switch (does) {
    case 'ports':
      return [`opens ${ports.join(', ')}${time || ' without end'}`, also].filter(Boolean).join(', ');
    case 'commands':
      return [`runs commands${time}`, also].filter(Boolean).join(', ');
    case 'closes':
      return also;
    case 'tells':
      return 'only told';
  }
}
