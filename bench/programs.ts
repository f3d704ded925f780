/** The programs that the bench runs beside Postern: where each is, and what to install where it is not. */

import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export interface Program {
  readonly name: string;
  readonly debianPackage: string;
}

export const KNOCKD: Program = { name: 'knockd', debianPackage: 'knockd' };
export const FWKNOPD: Program = { name: 'fwknopd', debianPackage: 'fwknop-server' };
export const FWKNOP: Program = { name: 'fwknop', debianPackage: 'fwknop-client' };
export const TCPDUMP: Program = { name: 'tcpdump', debianPackage: 'tcpdump' };
export const TCPREPLAY: Program = { name: 'tcpreplay', debianPackage: 'tcpreplay' };
export const NFT: Program = { name: 'nft', debianPackage: 'nftables' };

/** Its path. Only for programs of which `missing` said nothing. */
export function pathOf({ name }: Program): string {
  const path = find(name);
  if (path === undefined) throw new Error(`'${name}' is not installed`);
  return path;
}

/** What to install, for a note; undefined when all are there. */
export function missing(...programs: readonly Program[]): string | undefined {
  const absent = programs.filter(({ name }) => find(name) === undefined);
  if (absent.length === 0) return undefined;
  const names = absent.map(({ name }) => name).join(' and ');
  const packages = absent.map(({ debianPackage }) => debianPackage).join(' ');
  return `no ${names} on this machine: apt-get install ${packages}`;
}

function find(name: string): string | undefined {
  const { PATH = '' } = process.env;
  const folders = PATH.split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
