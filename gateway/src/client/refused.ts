import { Refusal, refusals } from '@poolproof/chaincode/domain';

import type { ErrorDetail } from '@hyperledger/fabric-gateway';
import type { RefusalCode, RefusalDetails } from '@poolproof/chaincode/domain';

/** A contract's refusal as it reached the client: the domain's own class, with the transaction and the peer that refused. */
export class Refused extends Refusal {
    constructor(
        code: RefusalCode,
        details: RefusalDetails,
        sentence: string,
        readonly transactionId: string,
        /** MSP id of the institution whose peer refused. */
        readonly refusedBy: string | undefined,
    ) {
        super(code, details);
        this.message = `${code}: ${sentence}`;
    }

    /** What the caller can do about it. */
    get remedy(): string {
        return refusals[this.code].remedy;
    }
}

/** The refusal among what the peers said, if a contract refused. */
export function findRefusal(said: readonly ErrorDetail[], transactionId: string): Refused | undefined {
    for (const { message, mspId } of said) {
        const match = /\b([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+): ([^]*)$/.exec(message);
        const [, code = '', sentence = ''] = match ?? [];
        if (isRefusalCode(code))
            return new Refused(code, detailsIn(sentence, code), sentence, transactionId, mspId || undefined);
    }
    return undefined;
}

function isRefusalCode(code: string): code is RefusalCode {
    return Object.hasOwn(refusals, code);
}

/** Only the sentence travels; its table row tells which parts of it are details. */
function detailsIn(sentence: string, code: RefusalCode): RefusalDetails {
    const named = new Set<string>();
    const pattern = refusals[code].sentence.split(/\{(\w+)\}/).map((part, i) => {
        if (i % 2 === 0) return escapeForPattern(part);
        if (named.has(part)) return `\\k<${part}>`;
        named.add(part);
        return `(?<${part}>.*?)`;
    });
    return { ...new RegExp(`^${pattern.join('')}$`, 's').exec(sentence)?.groups };
}

function escapeForPattern(text: string): string {
    return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
