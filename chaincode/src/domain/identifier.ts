import { sha256 } from './hash';
import { utf8 } from './bytes';

/** Country letters of ISO 3166 that are left to users for ever: no numbering agency gives out an ISIN that begins with them. */
const userAssigned = 'QZ';

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Whether a text is an ISIN (ISO 6166): two letters, nine letters or digits, and the right check digit. */
export function isIdentifier(text: string): boolean {
    return /^[A-Z]{2}[A-Z0-9]{9}[0-9]$/.test(text) && checkDigit(text.slice(0, 11)) === text.slice(11);
}

/** An identifier for a class that has no ISIN: formed like one, the same for the same deal and class, and never a real one. */
export function identifierFor(dealId: string, className: string): string {
    const digest = sha256(utf8(`${dealId}\n${className}`));
    const body = userAssigned + Array.from(digest.subarray(0, 9), byte => alphabet[byte % alphabet.length]).join('');
    return body + checkDigit(body);
}

/** The digit that makes the whole pass the "modulus 10 double-add-double" test of ISO 6166 annex B. */
function checkDigit(body: string): string {
    const digits = Array.from(body, character => alphabet.indexOf(character).toString()).join('');
    let sum = 0;
    for (let i = 0; i < digits.length; i++) {
        const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 2 : 1);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return String((10 - (sum % 10)) % 10);
}
