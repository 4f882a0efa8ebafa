/** Everything that comes, in the order in which it comes. */
export async function collected<T>(coming: AsyncIterable<T>): Promise<T[]> {
    const all: T[] = [];
    for await (const each of coming) all.push(each);
    return all;
}
