/** Where everything is in the demo. */

export const SERVER = '192.168.0.102';
export const MANAGEMENT = '192.168.0.100';
export const LAPTOP = '192.168.0.103';

/** For keys, configuration and journal: inside the lab's own /run, which goes away with it. */
export const FOLDER = '/run/demo';
