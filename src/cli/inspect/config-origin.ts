/** The settings of a configuration with where each comes from. */

import type { Config, Door } from '../../config/config.ts';
import { doorSettings, optionSettings, SECRET_KEYS, type Setting } from '../../config/config-texts.ts';
import type { DoorKey, OptionKey } from '../../config/keys.ts';
import type { ConfigPlaces } from '../../config/parse-config.ts';
import type { CommandLineSettings } from '../../daemon/settings.ts';

export interface ShownSetting {
  readonly key: string;
  /** null: the key stands alone. */
  readonly value: string | null;
  /** `FILE:LINE`, `command line` or `default`. */
  readonly from: string;
}

export interface ShownDoor {
  readonly name: string;
  /** `FILE:LINE` of its title. */
  readonly place: string;
  readonly settings: readonly ShownSetting[];
}

export interface ShownConfig {
  readonly options: readonly ShownSetting[];
  readonly doors: readonly ShownDoor[];
}

/** What stands for a sequence or key that is not shown. */
const HIDDEN = '(hidden)';

const DEFAULT = 'default';

export function shownConfig(
  { config, places }: { readonly config: Config; readonly places: ConfigPlaces },
  commandLine: CommandLineSettings,
  showSecrets: boolean,
): ShownConfig {
  const { interfaces, pidFile, logFile } = commandLine;
  const { options } = config;
  const effective = {
    ...options,
    interfaces: interfaces ?? options.interfaces,
    pidFile: pidFile ?? options.pidFile,
    logFile: logFile ?? options.logFile,
  };
  const overridden = new Set<OptionKey>();
  if (interfaces !== undefined) overridden.add('Interface');
  if (pidFile !== undefined) overridden.add('PidFile');
  if (logFile !== undefined) overridden.add('LogFile');
  const fromOf = (key: OptionKey) =>
    overridden.has(key) ? 'command line' : (placeText(places.ofOption(key)) ?? DEFAULT);
  return {
    options: optionSettings(effective).map((setting) => shown(setting, fromOf(setting.key))),
    doors: config.doors.map((door) => shownDoor(door, places, showSecrets)),
  };
}

function shownDoor(door: Door, places: ConfigPlaces, showSecrets: boolean): ShownDoor {
  const fromOf = (key: DoorKey) => placeText(places.ofDoor(door.name, key)) ?? DEFAULT;
  const settings = doorSettings(door).map((setting) => {
    const { value, ...rest } = shown(setting, fromOf(setting.key));
    return { ...rest, value: SECRET_KEYS.has(setting.key) && !showSecrets ? HIDDEN : value };
  });
  return { name: door.name, place: placeText(places.ofDoor(door.name)) ?? '', settings };
}

function shown({ key, value }: Setting<string>, from: string): ShownSetting {
  return { key, value, from };
}

function placeText(place: ReturnType<ConfigPlaces['ofOption']>): string | undefined {
  return place === undefined ? undefined : `${place.file}:${place.line}`;
}
