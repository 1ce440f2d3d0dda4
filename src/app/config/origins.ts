/**
 * Source of a setting: the caller (a command line, or code that uses the library), the environment, or a file of the
 * project (the settings file, or a `.env` file in the working folder), which may come from somebody else.
 */
export type Origin = 'caller' | 'environment' | 'project';

/** The source of each given setting, by name. */
export type Origins = Readonly<Record<string, Origin | undefined>>;
