import { inflateRawSync } from 'node:zlib';

import { fc } from '../properties';

import { assetClassOf, Chunk, concat, hexOf, prove, rootOf, verify } from '@poolproof/chaincode/domain';

import { loan, loanChunk } from './builders';

const autoLoan = assetClassOf('auto-loan');

function chunkOf(count: number): Chunk {
    const loans = Array.from({ length: count }, (_, i) =>
        loan(`L${i}`, { obligorGeographicLocation: i % 2 ? 'ND2' : 'TX' }),
    );
    return Chunk.open(inflateRawSync(loanChunk(loans)['chunk'] as Uint8Array), autoLoan.loan);
}

it('proves every loan of every tape against its public root', () => {
    fc.assert(
        fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 }), sizes => {
            const chunks = sizes.map(chunkOf);
            const roots = chunks.map(chunk => chunk.root());
            const root = hexOf(rootOf(concat(...roots)));
            chunks.forEach((chunk, number) => {
                for (let row = 0; row < chunk.rows; row++) {
                    const proof = prove(autoLoan, 'loan', chunk, row, roots.map(hexOf), number);
                    expect(verify(proof, root)['assetNumber']).toBe(chunk.cell(row, 'assetNumber'));
                }
            });
        }),
        { numRuns: 20 },
    );
});

it('does not hold for another balance, another salt, another path or another root', () => {
    const chunk = chunkOf(5);
    const root = hexOf(chunk.root());
    const proof = prove(autoLoan, 'loan', chunk, 2, [root], 0);
    const balance = autoLoan.loan.fields.findIndex(field => field.name === autoLoan.loanRoles.balance);
    const cells = proof.cells.map((cell, i) => (i === balance ? Number(cell) + 1 : cell));
    const forged = [
        { ...proof, cells },
        { ...proof, cells: [...proof.cells, null] },
        { ...proof, salt: '00'.repeat(16) },
        { ...proof, salt: '' },
        { ...proof, path: proof.path.slice(1) },
        { ...proof, path: proof.path.map(step => ({ ...step, side: 'left' as const })) },
    ];
    for (const each of forged) expect(() => verify(each, root)).toThrow('PROOF_INVALID');
    expect(() => verify(proof, '11'.repeat(32))).toThrow('PROOF_INVALID');
    expect(verify(proof, root)).toHaveProperty('assetNumber');
});

it('is different for the same rows under another secret, so that roots cannot be guessed', () => {
    expect(hexOf(chunkOf(3).root())).not.toBe(hexOf(chunkOf(3).root()));
    expect(hexOf(chunkOf(3).content())).toBe(hexOf(chunkOf(3).content()));
});
