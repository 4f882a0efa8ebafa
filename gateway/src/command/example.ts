/** Examples at the end of a command's help, and what is to be said of them. */
export function example(...lines: readonly string[]): string {
    const calls = lines.filter(line => line.startsWith('poolproof '));
    const notes = lines.filter(line => !line.startsWith('poolproof '));
    const shown = calls.map(call => `\n  ${call}`).join('');
    return `\nExample${calls.length > 1 ? 's' : ''}:${shown}${notes.map(note => `\n\n${note}`).join('')}`;
}
