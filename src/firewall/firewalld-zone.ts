/** Postern's rich rules in one zone of firewalld. What is there is remembered, since firewalld does not tell times. */

import { FOREVER_MS } from '../base/duration.ts';
import type { OpError } from '../base/op-error.ts';
import { firewallCmd } from './firewalld-command.ts';
import { type Held, heldAfter, type Step, stepTo } from './firewalld-step.ts';
import { accessKey, type FoundRichRule, formatRichRule, type PortAccess, type Slot } from './rich-rule.ts';
import type { RunProgram } from './run-program.ts';

export interface WantedAccess {
  readonly access: PortAccess;
  /** Undefined: not wanted. */
  readonly endMs: number | undefined;
}

export interface ZoneOutcome {
  /** By `accessKey`; what is not here was done. */
  readonly errors: ReadonlyMap<string, OpError>;
  /** Somebody else took rules away whose time was not up. */
  readonly haveVanished: boolean;
}

/** firewall-cmd takes some 7 ms for each rule; a call stays well below its time limit. */
const MAX_RULES_A_CALL = 100;

/** firewalld's own clock may have been here before the remembered end. */
const CLOCK_MARGIN_MS = 2000;

/** What firewalld takes as a time, in seconds: 68 years. A longer time is none. */
const MAX_TIMEOUT_S = 2 ** 31 - 1;

interface Job extends WantedAccess {
  readonly key: string;
  readonly held: Held;
  readonly step: Step;
}

interface Call {
  readonly verb: 'add' | 'remove';
  readonly timeoutS?: number | undefined;
  /** What firewalld says that it had (or had not) already, unless somebody else was there. */
  readonly isAgain?: boolean;
  readonly jobs: readonly Job[];
  readonly slotsOf: (job: Job) => readonly Slot[];
}

export class FirewalldZone {
  readonly name: string;
  readonly #run: RunProgram;
  /** By `accessKey`; what is not here is not in the zone. */
  readonly #held = new Map<string, Held>();

  constructor(name: string, run: RunProgram) {
    this.name = name;
    this.#run = run;
  }

  /** Takes what was just read for what is there. */
  adopt(found: readonly FoundRichRule[]): void {
    const slots = new Map<string, Slot[]>();
    for (const { access, slot } of found) {
      const key = accessKey(access);
      slots.set(key, [...(slots.get(key) ?? []), slot]);
    }
    const before = new Map(this.#held);
    this.#held.clear();
    for (const [key, there] of slots) {
      const known = before.get(key);
      const isKnown = known?.kind === 'timed' && there.length === 1 && there[0] === known.slot;
      this.#held.set(key, isKnown ? known : { kind: 'untimed', slots: there });
    }
  }

  /** @param wasRead right after `adopt` */
  async apply(wanted: readonly WantedAccess[], nowMs: number, wasRead = false): Promise<ZoneOutcome> {
    const jobs = wanted.map(({ access, endMs }) => {
      const key = accessKey(access);
      const held = this.#held.get(key) ?? { kind: 'none' };
      return { access, endMs, key, held, step: stepTo(endMs, held, wasRead) };
    });
    const errors = new Map<string, OpError>();
    let haveVanished = false;
    for (const phase of [clearing, adding, removing]) {
      for (const call of phase(
        jobs.filter(({ key }) => !errors.has(key)),
        nowMs,
      )) {
        const done = await this.#call(call);
        haveVanished ||= done.haveVanished && call.jobs.some((job) => lasts(job.held, nowMs));
        if (done.error !== undefined) for (const { key } of call.jobs) errors.set(key, done.error);
      }
    }
    for (const job of jobs) this.#remember(job, errors.has(job.key));
    return { errors, haveVanished };
  }

  async #call({ verb, timeoutS, isAgain = false, jobs, slotsOf }: Call) {
    const rules = jobs.flatMap((job) => slotsOf(job).map((slot) => formatRichRule(job.access, slot)));
    const args = [`--zone=${this.name}`, ...(timeoutS === undefined ? [] : [`--timeout=${timeoutS}`])];
    const done = await firewallCmd(this.#run, [
      ...args,
      ...rules.map((rule) => `--${verb}-rich-rule=${rule}`),
    ]);
    if (!done.ok) return { error: done.error, haveVanished: false };
    const news = rules.length - done.value.already;
    return { error: undefined, haveVanished: isAgain ? news > 0 : verb === 'remove' && news < rules.length };
  }

  #remember({ key, step, held, endMs }: Job, hasFailed: boolean): void {
    const now: Held = hasFailed ? { kind: 'unknown' } : heldAfter(step, held, endMs);
    if (now.kind === 'none') this.#held.delete(key);
    else this.#held.set(key, now);
  }
}

function clearing(jobs: readonly Job[]): readonly Call[] {
  return calls(jobs, ({ step }) => step.clear, { verb: 'remove' });
}

function removing(jobs: readonly Job[]): readonly Call[] {
  return calls(jobs, ({ step }) => step.remove, { verb: 'remove' });
}

/** Those with the same time together. */
function adding(jobs: readonly Job[], nowMs: number): readonly Call[] {
  const groups = new Map<string, { call: Pick<Call, 'timeoutS' | 'isAgain'>; jobs: Job[] }>();
  for (const job of jobs) {
    const { add } = job.step;
    if (add === undefined) continue;
    const call = { timeoutS: timeoutOf(add.endMs, nowMs), isAgain: add.isAgain };
    const group = groups.get(JSON.stringify(call)) ?? { call, jobs: [] };
    group.jobs.push(job);
    groups.set(JSON.stringify(call), group);
  }
  const slotOf = ({ step }: Job) => (step.add === undefined ? [] : [step.add.slot]);
  return [...groups.values()].flatMap((group) => calls(group.jobs, slotOf, { verb: 'add', ...group.call }));
}

function calls(
  jobs: readonly Job[],
  slotsOf: Call['slotsOf'],
  call: Omit<Call, 'jobs' | 'slotsOf'>,
): readonly Call[] {
  const all = jobs.filter((job) => slotsOf(job).length > 0);
  const chunks = Array.from({ length: Math.ceil(all.length / MAX_RULES_A_CALL) }, (_, i) =>
    all.slice(i * MAX_RULES_A_CALL, (i + 1) * MAX_RULES_A_CALL),
  );
  return chunks.map((chunk) => ({ ...call, jobs: chunk, slotsOf }));
}

/** Seconds, rounded up; undefined: no time. */
function timeoutOf(endMs: number, nowMs: number): number | undefined {
  const seconds = Math.ceil((endMs - nowMs) / 1000);
  return endMs === FOREVER_MS || seconds > MAX_TIMEOUT_S ? undefined : seconds;
}

function lasts(held: Held, nowMs: number): boolean {
  return held.kind === 'timed' && held.endMs > nowMs + CLOCK_MARGIN_MS;
}
