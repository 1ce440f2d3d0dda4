/**
 * Source of a setting: the caller, the environment, or a file of the project. The caller is a command line, or code
 * that uses the library. A project file is the settings file, or a `.env` file in the working folder; it may come from
 * somebody else.
 */
export type Origin = 'caller' | 'environment' | 'project';

/** The source of each given setting, by name. */
export type Origins = Readonly<Record<string, Origin | undefined>>;
