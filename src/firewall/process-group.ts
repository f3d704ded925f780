/** Ends a process group that outlived its time: asked first, then made to. */

/** A process that even SIGKILL does not end (it waits for a device) holds its place no longer than this. */
const GIVE_UP_MS = 1000;

/** How often a group that was told to end is looked at. */
const GROUP_POLL_MS = 20;

/** SIGTERM, then SIGKILL; resolves when no process of the group is left, or when nothing helps. */
export async function endGroup(group: number, graceMs: number): Promise<void> {
  if (!signalGroup(group, 'SIGTERM')) return;
  if (await groupEnds(group, graceMs)) return;
  signalGroup(group, 'SIGKILL');
  await groupEnds(group, GIVE_UP_MS);
}

async function groupEnds(group: number, waitMs: number): Promise<boolean> {
  for (const until = performance.now() + waitMs; performance.now() < until; ) {
    await new Promise((resolve) => setTimeout(resolve, GROUP_POLL_MS));
    if (!signalGroup(group, 0)) return true;
  }
  return false;
}

/** False when the group has no process. */
function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}
