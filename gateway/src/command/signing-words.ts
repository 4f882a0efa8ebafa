import type { Command } from 'commander';
import type { Asked, StepContent } from '../offline-step';

const effects = {
    proposal: 'a proposal: it is shown to the peers, which may endorse it; nothing is written by it',
    transaction: 'a transaction: it is carried out once it is sent',
    commit: 'a question: what became of a transaction that has been sent',
} as const;

/** What is to be signed, for the person who signs it. */
export function wordsFor(step: StepContent, program: Command): object {
    const { stage, signatory, channel, transactionId, asked, endorsers, told } = step;
    return {
        'to be signed': effects[stage],
        ...(asked && askedWords(asked, program)),
        'signed by': `${signatory.subject.replaceAll('\n', ', ')} of ${signatory.mspId}`,
        certificate: `${signatory.serialNumber.toLowerCase()}, valid until ${signatory.validTo}`,
        channel,
        transaction: transactionId,
        ...(endorsers && { [stage === 'proposal' ? 'goes to' : 'endorsed by']: [...endorsers] }),
        ...(asked && { 'the request': asked.request }),
        ...(asked && Object.keys(asked.privately).length > 0 && { 'its private input': asked.privately }),
        ...(told !== undefined && { 'what everybody is told': told }),
    };
}

function askedWords({ transaction, chaincode, made }: Asked, program: Command): object {
    const meaning = meaningOf(transaction, program);
    return { asks: transaction, ...(meaning !== '' && { meaning }), made: made.toISOString(), chaincode };
}

/** Commands that have another name than the transaction they send. */
const otherNames: Readonly<Record<string, string>> = {
    'pledge pledge': 'pledge accept',
    'report record-states': 'report record',
};

/** What the help says of the command that sends a transaction. */
function meaningOf(transaction: string, program: Command): string {
    const [noun = '', verb = ''] = transaction.split(':');
    const name = `${noun} ${verb.replace(/[A-Z]/g, capital => `-${capital.toLowerCase()}`)}`;
    const [first, second] = (otherNames[name] ?? name).replace(/^settlement /, 'settle ').split(' ');
    const command = program.commands.find(each => each.name() === first);
    return command?.commands.find(each => each.name() === second)?.description() ?? '';
}
