import Ajv from 'ajv/dist/2020';
import { fc } from '../properties';

import { parseTerms, termsSchema } from '@poolproof/chaincode/domain';

import { readyTerms, schemaDocument, termsDocument } from './ready-terms';

const validate = new Ajv({ strict: true, strictRequired: false, allErrors: false }).compile(schemaDocument());

/** Every place of a document: the object or list it stands in, and its key. */
function placesIn(value: unknown): (readonly [Record<string, unknown>, string])[] {
    if (typeof value !== 'object' || value === null) return [];
    const holder = value as Record<string, unknown>;
    return Object.keys(holder).flatMap(key => [[holder, key] as const, ...placesIn(holder[key])]);
}

const isAccepted = (document: unknown): boolean => {
    try {
        parseTerms(document);
        return true;
    } catch {
        return false;
    }
};

describe('the published JSON Schema of terms', () => {
    it('is the one the reader is made of, whose members the compiler checks against the types', () => {
        // Written by: node -p "JSON.stringify(require('@poolproof/chaincode/domain').termsSchema())" and prettier.
        expect(schemaDocument()).toEqual(termsSchema());
    });

    it.each(readyTerms)('accepts the ready terms %s, as the reader does', name => {
        const document = termsDocument(name);
        expect([validate(document), validate.errors]).toEqual([true, null]);
        expect(isAccepted(document)).toBe(true);
    });

    it('refuses whatever the reader refuses when terms are damaged at random, and accepts what it accepts', () => {
        const damages: readonly unknown[] = [undefined, null, 0, -1, 1.5, '', 'x y', '12', '1%', true, [], {}, ['A-1']];
        const damage = fc.record({
            name: fc.constantFrom(...readyTerms),
            place: fc.nat(),
            with: fc.constantFrom(...damages),
            isExtra: fc.boolean(),
        });
        fc.assert(
            fc.property(damage, ({ name, place, with: value, isExtra }) => {
                const document = termsDocument(name);
                const places = placesIn(document);
                const [holder, key] = places[place % places.length] ?? [document, 'name'];
                if (value === undefined) Reflect.deleteProperty(holder, key);
                else holder[isExtra && !Array.isArray(holder) ? 'surplus' : key] = value;
                const text = JSON.parse(JSON.stringify(document)) as unknown;
                expect({ text: JSON.stringify(value), isAccepted: isAccepted(text) }).toEqual({
                    text: JSON.stringify(value),
                    isAccepted: validate(text),
                });
            }),
            { numRuns: 400 },
        );
    });
});
