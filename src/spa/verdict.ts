/** What the judge says of one datagram. Plain data for the log, `explain` and what opens doors. */

import type { SpaRequest } from './door-rules.ts';
import type { SpaRefusal } from './refusal.ts';
import type { ShapeFault } from './wire-text.ts';

export type SpaVerdict =
  | (SpaRequest & {
      readonly kind: 'accepted';
      readonly door: string;
      readonly user: string;
      /** The packet's clock minus ours, seconds. */
      readonly skewS: number;
    })
  | {
      readonly kind: 'refused';
      readonly refusal: SpaRefusal;
      /** Known once an HMAC was good; doors that share the key share the first one's name, unless one of them could read it. */
      readonly door: string | undefined;
      /** Known once the packet was read. */
      readonly user: string | undefined;
    };

export type SpaRefused = Extract<SpaVerdict, { kind: 'refused' }>;

export const REPLAY = anonymous({ reason: 'replay' });
export const BAD_HMAC = anonymous({ reason: 'bad-hmac' });
export const BAD_SHAPE: Readonly<Record<ShapeFault, SpaRefused>> = {
  length: anonymous({ reason: 'shape', fault: 'length' }),
  prefix: anonymous({ reason: 'shape', fault: 'prefix' }),
  start: anonymous({ reason: 'shape', fault: 'start' }),
  alphabet: anonymous({ reason: 'shape', fault: 'alphabet' }),
};

/** Made once and given for every such packet: strangers' packets allocate no verdicts. */
function anonymous(refusal: SpaRefusal): SpaRefused {
  return Object.freeze({
    kind: 'refused',
    refusal: Object.freeze(refusal),
    door: undefined,
    user: undefined,
  });
}
