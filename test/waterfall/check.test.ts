import { checkTerms, formatFindings, parseTerms, Refusal } from '@poolproof/chaincode/domain';

import { aDeal, inOrder } from './deal-builder';

type Document = Record<string, unknown>;

const found = (document: Document): string[] =>
    checkTerms(parseTerms(document)).map(({ severity, code, at }) => `${severity} ${code} ${at}`);

const sweep = { id: 'rest', do: 'pay', to: 'holder' };
const steps = (...given: Document[]): Document => ({ waterfalls: { paying: given } });
const interest = { id: 'interest', do: 'pay-interest', tranches: ['A', 'B'] };
const principal = { id: 'principal', do: 'pay-principal', tranches: ['A', 'B'], split: 'sequential' };

describe('the check of terms', () => {
    it('finds nothing wrong with a small deal', () => {
        expect(checkTerms(parseTerms(aDeal()))).toEqual([]);
    });

    it.each<[string, Document, string[]]>([
        [
            'a misspelt name, at its column',
            { values: [{ id: 'ratio', formula: 'chargedOffPrincipal / poolBalance' }] },
            ['error formula values[0].formula:23'],
        ],
        [
            'units that do not fit',
            { accounts: [{ id: 'collection', target: '5%' }] },
            ['error formula accounts[0].target:1', 'error destination accounts[0]'],
        ],
        ['an id given twice', { ledgers: [{ id: 'A' }] }, ['error name tranches[0].id', 'error name tranches[0].id']],
        [
            'a step that names nothing',
            steps({ id: 'fee', do: 'pay-fee', fee: 'servcing' }, interest, principal, sweep),
            ['error reference waterfalls.paying[0].fee'],
        ],
        ['a group of nobody', { groups: { notes: ['A', 'Q'] } }, ['error reference groups.notes[1]']],
        [
            'a payee who plays no role',
            {
                fees: [{ id: 'audit', to: 'auditor', amount: '1.00 USD' }],
                ...steps({ id: 'audited', do: 'pay-fee', fee: 'audit' }, interest, principal, sweep),
            },
            ['error party fees[0].to'],
        ],
        [
            'dates out of order',
            {
                dates: {
                    cutoff: '2026-02-01',
                    closing: '2026-01-15',
                    firstPayment: '2026-01-15',
                    legalFinal: '2026-01-01',
                },
            },
            ['error dates dates.cutoff', 'error dates dates.firstPayment', 'error dates dates.legalFinal'],
        ],
        [
            'a status without a waterfall, and one that nothing leads to',
            { statuses: [{ id: 'paying' }, { id: 'stopped' }] },
            ['error status statuses[1]', 'warning status statuses[1]'],
        ],
        [
            'a waterfall of no status',
            { waterfalls: { paying: inOrder(), sleeping: [sweep] } },
            ['error status waterfalls.sleeping'],
        ],
        [
            'a trigger that leads nowhere',
            { triggers: [{ id: 't', when: 'period > 3', status: 'gone' }] },
            ['error status triggers[0].status'],
        ],
        [
            'a trigger that changes nothing and tells nobody',
            { triggers: [{ id: 't', when: 'period > 3' }] },
            ['warning trigger triggers[0]'],
        ],
        [
            'a trigger that no step tests',
            { triggers: [{ id: 't', when: 'period > 3', tested: 'step', notify: ['trustee'] }] },
            ['error trigger triggers[0]'],
        ],
        [
            'a step that has run already',
            steps(interest, interest, principal, sweep),
            ['error step waterfalls.paying[1]'],
        ],
        [
            'an id that is two kinds of step',
            steps(
                interest,
                {
                    id: 'either',
                    do: 'if',
                    when: 'period > 1',
                    then: [{ ...sweep, id: 'x' }],
                    else: [{ ...principal, id: 'x' }],
                },
                principal,
                sweep,
            ),
            ['error step waterfalls.paying[1].else[0]'],
        ],
        [
            'a formula that reads a later step',
            steps({ id: 'early', do: 'set', formula: 'principal.paid' }, interest, principal, sweep),
            ['error order waterfalls.paying[0].formula'],
        ],
        [
            'a value that reads a step',
            { values: [{ id: 'v', formula: 'rest.paid' }] },
            ['error order values[0].formula'],
        ],
        [
            'interest that nothing pays',
            steps(principal, sweep),
            ['error unpaid tranches[0]', 'error unpaid tranches[1]'],
        ],
        [
            'principal that nothing pays',
            steps(interest, { ...principal, tranches: ['A'] }, sweep),
            ['error unpaid tranches[1]'],
        ],
        [
            'a fee that nothing pays',
            { fees: [{ id: 'audit', to: 'trustee', amount: '1.00 USD' }] },
            ['error unpaid fees[0]'],
        ],
        [
            'a fee whose rest beyond the cap nothing pays',
            {
                fees: [{ id: 'audit', to: 'trustee', amount: '1.00 USD', cap: { amount: '9.00 USD', per: 'year' } }],
                waterfalls: { paying: inOrder({ id: 'audited', do: 'pay-fee', fee: 'audit' }) },
            },
            ['warning unpaid fees[0]'],
        ],
        ['cash without a destination', steps(interest, principal), ['error destination waterfalls.paying']],
        [
            'cash without a destination in one branch',
            steps(interest, principal, { id: 'either', do: 'if', when: 'period > 9', then: [sweep], else: [] }),
            ['error destination waterfalls.paying'],
        ],
        [
            'cash put back after the sweep',
            {
                accounts: [{ id: 'collection' }, { id: 'reserve', target: '5.00 USD' }],
                ...steps(interest, principal, sweep, {
                    id: 'back',
                    do: 'draw',
                    account: 'reserve',
                    amount: 'reserve.balance',
                }),
            },
            ['error destination waterfalls.paying[3]'],
        ],
        [
            'an account nothing is taken from',
            {
                accounts: [{ id: 'collection' }, { id: 'reserve', target: '5.00 USD' }],
                waterfalls: { paying: inOrder({ id: 'fill', do: 'fund', account: 'reserve' }) },
            },
            ['error destination accounts[1]'],
        ],
        [
            'a table whose rows are not in its unit',
            { schedules: [{ id: 's', unit: 'rate', rows: [{ from: '2026-01-01', value: 'high' }] }] },
            ['error schedule schedules[0].rows[0].value'],
        ],
        [
            'a coupon of two kinds',
            {
                tranches: [
                    {
                        id: 'A',
                        balance: '100000.00',
                        rank: 1,
                        coupon: { dayCount: 'ACT/360', fixed: '1%', formula: '2%' },
                    },
                ],
                ...steps({ ...interest, tranches: ['A'] }, { ...principal, tranches: ['A'] }, sweep),
            },
            ['error coupon tranches[0].coupon'],
        ],
    ])('finds %s', (_, members, expected) => {
        expect(found(aDeal(members))).toEqual(expected);
    });

    it('finds cash that a stress leaves behind, and notes that are never repaid', () => {
        const hoarding = aDeal({
            accounts: [{ id: 'collection' }, { id: 'hoard', target: '99999999.00 USD' }],
            waterfalls: {
                paying: [
                    interest,
                    { ...principal, support: ['hoard'], amount: 'min(A.balance, 60000.00 USD)' },
                    { id: 'keep', do: 'fund', account: 'hoard' },
                    sweep,
                ],
            },
        });
        const findings = checkTerms(parseTerms(hoarding));
        expect(findings.map(({ severity, code, at }) => `${severity} ${code} ${at}`)).toEqual(
            expect.arrayContaining(['warning stress accounts', 'warning stress tranches']),
        );
    });

    it('finds a stress under which the deal cannot run', () => {
        const fragile = aDeal({
            deposits: [
                { id: 'collections', amount: 'interestCollections + principalCollections - 2 * chargedOffPrincipal' },
            ],
        });
        expect(found(fragile)).toEqual(['error stress waterfalls']);
    });

    it('finds figures that double their digits until no peer could compute them any more', () => {
        const squares = Array.from({ length: 20 }, (_, i) => ({ id: `v${i + 1}`, formula: `v${i} * v${i}` }));
        const exploding = aDeal({ values: [{ id: 'v0', formula: '101%' }, ...squares] });
        expect(found(exploding)).toEqual(['error stress waterfalls']);
    });

    it('finds a figure that the ledger could not give back after a few years', () => {
        const growing = { id: 'rolled', unit: 'money', formula: 'prior(rolled, 1) * 10 + 1.00 USD', remember: 1 };
        const paid = { waterfalls: { paying: inOrder({ id: 'bonus', do: 'pay', to: 'holder', amount: 'rolled' }) } };
        const [finding] = checkTerms(parseTerms(aDeal({ values: [growing], ...paid })));
        expect(finding).toMatchObject({ severity: 'error', code: 'stress', at: 'waterfalls' });
    });

    it('reads no terms in which a thing is called like what every object has', () => {
        const { parties } = aDeal() as { parties: object };
        for (const name of Object.getOwnPropertyNames(Object.prototype)) {
            const remembered = { id: name, formula: 'poolBalanceEnding', remember: 1 };
            expect(() => parseTerms(aDeal({ values: [remembered] }))).toThrow(Refusal);
            const named = Object.fromEntries([...Object.entries(parties), [name, 'bank-a']]) as object;
            expect(() => parseTerms(aDeal({ parties: named }))).toThrow(Refusal);
        }
    });

    it('finds more payment dates than a deal can have', () => {
        const { dates } = aDeal() as { dates: object };
        expect(found(aDeal({ dates: { ...dates, legalFinal: '2126-01-15' } }))).toEqual([
            'error dates dates.legalFinal',
        ]);
    });

    it('prints findings as a compiler does', () => {
        const findings = checkTerms(parseTerms(aDeal({ values: [{ id: 'x', formula: 'perod + 1' }] })));
        expect(formatFindings(findings)).toBe(
            "error   formula      values[0].formula:1  unknown name 'perod'; did you mean 'period'?",
        );
    });
});
