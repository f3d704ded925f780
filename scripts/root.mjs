/** Where the project lies, whatever directory a command is called from. */

import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));
