/** The error with what was being done put before its text, as Go's errors.Wrap writes it. */
export function wrap(doing: string, error: unknown): Error {
    return new Error(`${doing}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
