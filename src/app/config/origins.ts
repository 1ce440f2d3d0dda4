/**
 * Who says what a setting is: the caller (a command line, or the code that uses the library), the environment, or a file
 * of the project (the settings file, or a `.env` file in the working folder), which may be somebody else's.
 */
export type Origin = 'caller' | 'environment' | 'project';

/** Who says what each setting is that was given, by its name. */
export type Origins = Readonly<Record<string, Origin | undefined>>;
