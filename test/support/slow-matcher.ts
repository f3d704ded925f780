/**
 * The rules of docs/knocking.md in the slowest, most obvious way: one record for each source and door, walked for every
 * packet. The matcher must open the same doors.
 */

import type { KnockDoor } from '../../src/knock/knock-door.ts';

export interface SlowPacket {
  readonly source: string;
  readonly toOwn: boolean;
  readonly target: string | undefined;
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  readonly flags: number;
  readonly mark: number;
}

interface Attempt {
  stage: number;
  start: number;
  strays: number;
  heldAt: number | undefined;
  mark: string | undefined;
}

interface Early {
  readonly step: string;
  readonly at: number;
  readonly packet: SlowPacket;
  strays: number;
}

export class SlowMatcher {
  readonly #doors: readonly KnockDoor[];
  readonly #targets: readonly (string | undefined)[];
  readonly #reorderWindowMs: number;
  readonly #maxStrays: number;
  readonly #attempts = new Map<string, Attempt>();
  readonly #early = new Map<string, Early[]>();

  constructor(
    doors: readonly KnockDoor[],
    targets: readonly (string | undefined)[],
    options: { reorderWindowMs: number; maxStrays: number },
  ) {
    this.#doors = doors;
    this.#targets = targets;
    this.#reorderWindowMs = options.reorderWindowMs;
    this.#maxStrays = options.maxStrays;
  }

  /** Indices of the doors that this packet opens. */
  packet(p: SlowPacket, now: number): number[] {
    const opened: number[] = [];
    const reachable = p.toOwn || this.#targets.some((target) => target !== undefined && target === p.target);
    if (!reachable) return opened;
    let used = false;
    const usedEarly = new Set<Early>();
    for (let d = 0; d < this.#doors.length; d++) {
      if (this.#judge(d, p, now, opened, usedEarly)) used = true;
    }
    let early = (this.#early.get(p.source) ?? []).filter((e) => !usedEarly.has(e));
    const knockLike = p.protocol === 'udp' || (p.flags & 0x12) === 0x02;
    if (!used && knockLike) {
      early = early.filter((e) => ++e.strays <= this.#maxStrays);
      this.#stray(p.source, now);
    }
    const isSecond = this.#doors.some((door) => stepText(door, 1) === textOf(p));
    if (!used && isSecond && this.#reorderWindowMs > 0) {
      early = early.filter((e) => e.step !== textOf(p));
      early.push({ step: textOf(p), at: now, packet: p, strays: 0 });
    }
    this.#early.set(p.source, early);
    return opened;
  }

  #judge(d: number, p: SlowPacket, now: number, opened: number[], usedEarly: Set<Early>): boolean {
    const door = this.#doors[d]!;
    const key = `${p.source} ${d}`;
    this.#settle(key, door, now);
    const attempt = this.#attempts.get(key);
    if (!this.#fits(d, p) || door.steps.length === 0) return false;
    const step = textOf(p);
    if (attempt !== undefined) {
      const k = attempt.stage;
      if (step === stepText(door, k)) {
        if (stepText(door, k - 1) === step && attempt.mark !== undefined && attempt.mark === markOf(p))
          return true;
        attempt.stage = attempt.heldAt === undefined ? k + 1 : k + 2;
        attempt.heldAt = undefined;
        attempt.mark = markOf(p);
        if (attempt.stage === door.steps.length) {
          opened.push(d);
          this.#attempts.delete(key);
        }
        return true;
      }
      if (step === stepText(door, k - 1)) return true;
      if (this.#reorderWindowMs > 0 && step === stepText(door, k + 1)) {
        attempt.heldAt ??= now;
        return true;
      }
      const known = door.steps.some((_, i) => stepText(door, i) === step);
      if (!known) return false;
      this.#attempts.delete(key);
    }
    if (step !== stepText(door, 0)) return false;
    let stage = 1;
    for (const early of this.#early.get(p.source) ?? []) {
      const fresh = now - early.at <= this.#reorderWindowMs;
      if (stage === 1 && fresh && early.step === stepText(door, 1) && this.#fits(d, early.packet)) {
        stage = 2;
        usedEarly.add(early);
      }
    }
    if (stage === door.steps.length) opened.push(d);
    else this.#attempts.set(key, { stage, start: now, strays: 0, heldAt: undefined, mark: markOf(p) });
    return true;
  }

  /** What became of a held knock and of the time since, in their order. */
  #settle(key: string, door: KnockDoor, now: number): void {
    const attempt = this.#attempts.get(key);
    if (attempt === undefined) return;
    const lapse = attempt.heldAt === undefined ? Infinity : attempt.heldAt + this.#reorderWindowMs;
    if (now > lapse && lapse <= attempt.start + door.seqTimeoutMs) {
      this.#attempts.delete(key);
      if (stepText(door, attempt.stage + 1) === stepText(door, 0)) {
        this.#attempts.set(key, {
          stage: 1,
          start: attempt.heldAt!,
          strays: 0,
          heldAt: undefined,
          mark: attempt.mark,
        });
      }
    }
    const current = this.#attempts.get(key);
    if (current !== undefined && now - current.start > door.seqTimeoutMs) this.#attempts.delete(key);
  }

  #stray(source: string, now: number): void {
    let worst = 0;
    const mine = [...this.#attempts].filter(([key]) => key.startsWith(`${source} `));
    for (const [key] of mine) {
      const door = this.#doors[Number(key.split(' ')[1])]!;
      this.#settle(key, door, now);
      const current = this.#attempts.get(key);
      if (current === undefined) continue;
      worst = Math.max(worst, ++current.strays);
    }
    if (worst > this.#maxStrays) for (const [key] of mine) this.#attempts.delete(key);
  }

  #fits(d: number, p: SlowPacket): boolean {
    const { mask, value } = this.#doors[d]!.tcpFlags;
    if (p.protocol === 'tcp' && (p.flags & mask) !== value) return false;
    const target = this.#targets[d];
    return target === undefined ? p.toOwn : target === p.target;
  }
}

function markOf(p: SlowPacket): string | undefined {
  return p.protocol === 'tcp' ? `${p.port} ${p.mark}` : undefined;
}

function textOf(p: SlowPacket): string {
  return `${p.protocol}/${p.port}`;
}

function stepText(door: KnockDoor, at: number): string | undefined {
  const step = door.steps[at];
  return step === undefined ? undefined : `${step.protocol}/${step.port}`;
}
