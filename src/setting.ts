import type { SettingParser } from './setting-parsers.ts';

/** One environment variable that the manager reads. */
interface AnySetting<T> {
  readonly name: string;
  readonly parser: SettingParser<T>;
  readonly aliases?: readonly string[];
  /** The command line's flag of the same meaning; wins over the variable. */
  readonly flag?: string;
  /** The value may hold a password: never shown. */
  readonly secret?: boolean;
  readonly description: string;
}

export interface RequiredSetting<T> extends AnySetting<T> {
  /** The default, as one would write it. */
  readonly value: string;
}

export interface OptionalSetting<T> extends AnySetting<T> {
  /** What holds when it is not set; for the documentation. */
  readonly otherwise: string;
}

/** A setting with a default. */
export function setting<T>(of: RequiredSetting<T>): RequiredSetting<T> {
  return of;
}

/** A setting that may be absent. */
export function optional<T>(of: OptionalSetting<T>): OptionalSetting<T> {
  return of;
}

/** Reads settings and notes each mistake, so that all of them are told together. */
export interface SettingReader {
  readonly mistakes: string[];
  required<T>(of: RequiredSetting<T>): T;
  optional<T>(of: OptionalSetting<T>): T | undefined;
}
