import type { FabricStatus } from '../fabric';
import type { NamespaceTrace, TransactionTrace } from '../trace/transaction-trace';

/** A network's status as a short table. */
export function formatStatus({ channel, cutting, waiting, ordered, orderers, peers }: FabricStatus): string {
    const rows = [
        ['peer', 'institution', 'address', 'blocks', ''],
        ...peers.map(({ name, mspId, address, height, running }) => [
            name,
            mspId,
            address,
            String(height),
            running ? '' : 'stopped',
        ]),
    ];
    const head = `Channel ${channel}: ${ordered} blocks, ${waiting} transactions waiting, cutting ${cutting}\n`;
    return `${head}${table(rows)}Orderers: ${orderers.join(', ')}\n`;
}

/** A transaction's trace as a person reads it. */
export function formatTrace({ txId, entries, committed }: TransactionTrace): string {
    const lines = [`Transaction ${txId}`];
    for (const { at, what, where, detail } of entries) {
        lines.push(`  ${new Date(at).toISOString().slice(11, 23)} ${where} ${what} ${detail}`.trimEnd());
    }
    if (committed === undefined) return `${[...lines, '  is in no block.'].join('\n')}\n`;
    const { block, index, code, reason, chaincode, creator, endorsers, namespaces } = committed;
    lines.push(`Block ${block}, transaction ${index}: ${code}${reason === '' ? '' : ` (${reason})`}`);
    lines.push(`  called ${chaincode}, proposed by ${creator}, endorsed by ${endorsers.join(', ') || 'nobody'}`);
    return `${[...lines, ...namespaces.flatMap(namespaceLines)].join('\n')}\n`;
}

function namespaceLines(trace: NamespaceTrace): readonly string[] {
    const { namespace, reads, ranges, writes, collections, policies } = trace;
    return [
        `  ${namespace}`,
        ...reads.map(read => `    read    ${read}`),
        ...ranges.map(range => `    range   ${range}`),
        ...writes.map(write => `    write   ${write}`),
        ...collections.map(({ name, reads: r, writes: w }) => `    private ${name}: ${r} reads, ${w} writes`),
        ...policies.map(
            ({ of, policy, satisfied }) => `    policy  ${of}: ${policy}: ${satisfied ? 'satisfied' : 'NOT SATISFIED'}`,
        ),
    ];
}

function table(rows: readonly (readonly string[])[]): string {
    const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)));
    return rows
        .map(row =>
            row
                .map((cell, column) => cell.padEnd(widths[column] ?? 0))
                .join('  ')
                .trimEnd(),
        )
        .map(line => `  ${line}\n`)
        .join('');
}
