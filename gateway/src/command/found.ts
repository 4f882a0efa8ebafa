/** What was found, or that there is nothing. */
export async function found(asked: Promise<object | null>): Promise<object | string> {
    return (await asked) ?? 'none';
}
