/**
 * What a refusal says. One row a code: the sentence shown to the caller, and what the caller can do about it.
 * `{name}` in a sentence is replaced by the detail of that name. No sentence may carry a private value.
 */
export const refusals = {
    ACCESS_NOT_RECORDED: {
        sentence: 'the loans of deal {dealId} ({kind}) are read by others than its parties only after leaving a trail',
        remedy: 'Record the access first and give its request id.',
    },
    ADDITION_OUT_OF_ORDER: {
        sentence: 'loans were bought in period {last}: none can be added to period {period} any more',
        remedy: 'Name that period or a later one.',
    },
    AMOUNT_INVALID: {
        sentence: '{at} is not a valid amount: {problem}',
        remedy: 'Give a decimal number in the stated unit.',
    },
    ASSET_ALREADY_PLEDGED: {
        sentence: 'row {row} of chunk {number} backs deal {deal} already; {others} more rows conflict',
        remedy: 'Take the asset out of the tape, or have the other deal release it.',
    },
    ASSET_CLASS_UNKNOWN: {
        sentence: 'there is no asset class {id}, only {known}',
        remedy: 'Use one of these.',
    },
    ASSET_TWICE: {
        sentence: 'row {row} is the same asset as the row before',
        remedy: 'Take the duplicate out of the tape.',
    },
    BASIS_CHANGED: {
        sentence:
            'the loan states of period {period}, chunk {number}, were rolled forward from other states than those now in force',
        remedy: 'Record the chunk again.',
    },
    BOOK_NOT_OPEN: {
        sentence: 'the book of {institution} has not been opened',
        remedy: 'Have the depository open it: it does so by filing what it knows of the institution.',
    },
    CHUNKS_OVERLAP: {
        sentence: 'chunk {number} does not begin after the chunk before it',
        remedy: 'Sort the whole tape by asset before it is cut into chunks; an asset may stand in it once.',
    },
    CALL_NOT_AGREED: {
        sentence: 'the terms of deal {id} know no call',
        remedy: 'End the deal for the reason for which its notes were repaid.',
    },
    CALL_NOT_ALLOWED: {
        sentence: 'the notes may not be called yet: the terms ask that {when}',
        remedy: 'Run the period without a price for the pool; call the notes once the condition holds.',
    },
    CASH_KEPT_ELSEWHERE: {
        sentence: 'the cash in {at} is kept by another depository',
        remedy: 'Have the depository that keeps the books of this deposit settle it, or use a deposit that this one keeps.',
    },
    CHUNK_CHANGED: {
        sentence: 'chunk {number} is not the one that was submitted',
        remedy: 'Reject the tape and have it submitted again.',
    },
    CHUNK_INVALID: {
        sentence: 'not a chunk: {problem}',
        remedy: 'Encode the rows with the library and send them as they are.',
    },
    CHUNK_MISSING: {
        sentence: 'chunk {number} is not recorded',
        remedy: 'Record it first, or name the right number of chunks.',
    },
    CHUNK_NOT_ACCEPTED: {
        sentence: 'chunk {number} is not pledged to this deal',
        remedy: 'Let the trustee pledge it first.',
    },
    CHUNK_TAKEN: {
        sentence: 'chunk {number} is in the pool',
        remedy: 'Number the chunks of an addition on from the last chunk of the pool.',
    },
    CHUNK_UNSORTED: {
        sentence: 'row {row} does not follow the row before in the order of the tape',
        remedy: 'Sort the rows by asset before they are encoded.',
    },
    CLOSING_NOT_REACHED: {
        sentence: 'the notes are issued on {day}, the closing of the terms, or later',
        remedy: 'Issue them once the settlement system has opened that day: interest accrues from it.',
    },
    CLASS_NOT_COVERED: {
        sentence: 'class {className} is not covered: its orders are for less than its size',
        remedy: 'Wait for further orders, or have the underwriter order the rest.',
    },
    CONCENTRATION_EXCEEDED: {
        sentence: 'limit {limit} is exceeded: more than {most} of the pool balance',
        remedy: 'Take loans out of the tape, or let the parties agree another limit.',
    },
    DAY_NOT_OPEN: {
        sentence: 'the depository has not opened a business day',
        remedy: 'The depository opens its settlement system and a business day first.',
    },
    DAY_OUTSIDE: {
        sentence: '{day} is no day of period {period}',
        remedy: 'Name the collection period in which the day lies.',
    },
    DAY_PASSED: {
        sentence: 'the business day is {today}: {day} cannot be opened',
        remedy: 'Open a later day.',
    },
    DAY_TOO_FAR: {
        sentence: 'the business day is {today}: {day} is after {last}, the furthest that can be opened next',
        remedy: 'Look at the year and the month. If days were missed, open one on the way first.',
    },
    DEAL_EXISTS: {
        sentence: 'deal {id} exists',
        remedy: 'Choose another id.',
    },
    DEAL_FINAL: {
        sentence: 'no waterfall runs in the status {status}',
        remedy: 'Nothing is left to distribute: the deal has come to its end.',
    },
    DEAL_STATUS_WRONG: {
        sentence: 'deal {id} is {status}, not {needed}',
        remedy: 'See where the deal stands and what comes next.',
    },
    DECLARED_TOO_LATE: {
        sentence: 'period {period} of deal {dealId} has been run',
        remedy: 'Declare the status from the next period on.',
    },
    DENOMINATION_BROKEN: {
        sentence: '{at} would move or leave a piece of notes that the terms do not allow',
        remedy: 'Trade the smallest denomination or more, in its steps, or all that the seller holds.',
    },
    DEPOSIT_CURRENCY_WRONG: {
        sentence: "{asset} is not in the deal's currency, {currency}",
        remedy: 'Name a deposit in the currency of the deal.',
    },
    DEPOSIT_EXISTS: {
        sentence: '{asset} has been admitted before',
        remedy: 'Use the deposit as it is.',
    },
    DEPOSIT_UNKNOWN: {
        sentence: '{asset} is no deposit that the depository settles in',
        remedy: 'Have the depository admit the bank and currency first.',
    },
    DISTRIBUTION_ALREADY_PAID: {
        sentence: 'the distribution of deal {dealId} for {period} has been paid',
        remedy: 'What has been paid stands. A restated report is made good in the next period not yet paid.',
    },
    DISTRIBUTION_NOT_PAID: {
        sentence: 'the holders of deal {dealId} are owed the payment of period {period}',
        remedy: 'Run and pay the period first: they could not be paid any more.',
    },
    DISTRIBUTION_OUT_OF_ORDER: {
        sentence: 'the period before period {period} of deal {dealId} has not been paid',
        remedy: 'Pay the periods in their order.',
    },
    FACTS_INVALID: {
        sentence: '{at}: {problem}',
        remedy: 'State the fact in the unit the terms declare, for the period after the last one run.',
    },
    FACT_UNKNOWN: {
        sentence: 'there is no fact {fact}',
        remedy: 'Use the names of the standard facts.',
    },
    FACT_WITHHELD: {
        sentence: 'fact {fact} rests on too few loans to be published',
        remedy: 'Leave it out of the figures stated; those who may see the loans read it in the whole report.',
    },
    FIELD_INVALID: {
        sentence: '{at}: {problem}',
        remedy: 'Correct the field named.',
    },
    HOLDERS_INCOMPLETE: {
        sentence: 'the books of class {className} at the end of {day} do not sum to what is outstanding',
        remedy: 'Choose a record date on or after the closing; if it is, the register of holders lacks one.',
    },
    HOLDING_SHORT: {
        sentence: 'nothing was moved: {short} of the accounts would hold less than nothing',
        remedy: 'Have the account provided with the notes or the cash that it is to deliver, or settle fewer instructions.',
    },
    IDENTIFIER_INVALID: {
        sentence: 'the identifier of class {className} is no ISIN',
        remedy: 'Give the twelve characters with their check digit, or none and one is formed.',
    },
    INSTITUTION_EXISTS: {
        sentence: 'institution {id} or MSP {mspId} has joined already',
        remedy: 'Join with an id of your own, one institution a MSP; an institution that has joined asks for roles instead.',
    },
    INSTITUTION_NOT_ACTIVE: {
        sentence: 'a party to {at} is suspended or is no member',
        remedy: 'Wait until the regulator has admitted the institution again.',
    },
    INSTITUTION_UNKNOWN: {
        sentence: '{id} has not joined the consortium',
        remedy: 'Let an administrator of the institution join it.',
    },
    INSTRUCTION_EXISTS: {
        sentence: 'the reference of {at} has been used before',
        remedy: 'Give the trade a reference of its own, or cancel the earlier instruction first.',
    },
    INSTRUCTION_EXPIRED: {
        sentence: '{at} has expired; the business day is {day}',
        remedy: 'Both parties place new instructions.',
    },
    INSTRUCTION_INVALID: {
        sentence: '{at} cannot be: {problem}',
        remedy: 'Correct the instruction and place it again.',
    },
    INSTRUCTION_NOT_DUE: {
        sentence: '{at} is for a later day; the business day is {day}',
        remedy: 'Settle it on or after its settlement day.',
    },
    INSTRUCTION_NOT_EXPIRED: {
        sentence: '{at} has not expired; the business day is {today}',
        remedy: 'Leave it to be settled, or have its party withdraw it.',
    },
    INSTRUCTION_NOT_MATCHED: {
        sentence: 'the two instructions of {at} do not say the same',
        remedy: 'The parties compare what they placed; one of them cancels and places a corrected instruction.',
    },
    INSTRUCTION_NOT_OPEN: {
        sentence: '{at} is settled, cancelled, expired or already in this batch',
        remedy: 'Read the instruction to see what became of it.',
    },
    INSTRUCTION_STILL_OPEN: {
        sentence: '{at} may still settle: it is not filed away',
        remedy: 'File away only what is settled, cancelled or expired.',
    },
    INVESTOR_NOT_ELIGIBLE: {
        sentence: 'the receiver in {at} may not hold these notes',
        remedy: "Have the depository renew the investor's identification or record its category.",
    },
    LATER_PERIOD_RUN: {
        sentence: 'a later period of deal {dealId} than {period} has been run',
        remedy: 'A restated report is made good in the next period not yet run.',
    },
    LIEN_EXCEEDED: {
        sentence: '{at} would take more than is pledged',
        remedy: 'Release or enforce at most what the lien still charges.',
    },
    LIEN_NOT_ENFORCEABLE: {
        sentence: 'the pledge that {at} names cannot be enforced on this day',
        remedy: 'Wait for the day that both sides stated when the notes were pledged; without one, only a release ends the pledge.',
    },
    LIEN_NOT_FOUND: {
        sentence: '{at} names no pledge of these notes to this lender',
        remedy: 'Name the reference of the pledge; only its lender can release or enforce it.',
    },
    LIST_TOO_LONG: {
        sentence: 'there are more than {most} records of {noun}',
        remedy: 'Ask for fewer: those of one deal, or page by page.',
    },
    LOANS_INELIGIBLE: {
        sentence: '{failing} loans fail rule {rule}',
        remedy: 'Take the loans out: the summary of each chunk, private to its readers, names them.',
    },
    LOAN_REPLACED: {
        sentence: 'row {row} of chunk {number} has left the pool in exchange for another loan',
        remedy: 'Name loans that are in the pool, each once.',
    },
    LOAN_UNKNOWN: {
        sentence: 'row {row} is not the loan that stands there in the tape',
        remedy: 'Report the loans of the tape, all of them, in its order.',
    },
    NOTES_KEPT_ELSEWHERE: {
        sentence: 'the notes in {at} are kept by another depository',
        remedy: 'Have the depository that keeps their books settle it.',
    },
    NOTES_LOCKED: {
        sentence: 'the notes in {at} may not change hands before {until}',
        remedy: 'Settle on or after that day.',
    },
    NOTES_NOT_AUTHORISED: {
        sentence: 'the notes {className} are {status} already',
        remedy: 'Notes are authorised once; they are ordered and allotted until they are issued, and issued once.',
    },
    NOTES_NOT_ISSUED: {
        sentence: 'the notes of deal {id} have not been issued',
        remedy: 'Have the depository issue them first.',
    },
    NOTES_NOT_OUTSTANDING: {
        sentence: 'the notes in {at} are {status}, not outstanding',
        remedy: 'Only notes that are issued and not redeemed can be moved.',
    },
    NOTES_NOT_REPAID: {
        sentence: 'class {className} of deal {id} is not repaid',
        remedy: 'End the deal when the last class has been paid.',
    },
    NOT_WATCHED: {
        sentence: 'the terms of deal {id} watch nothing from day to day',
        remedy: 'Only conditions that must last a number of days need the balance of every day.',
    },
    NOT_FOUND: {
        sentence: 'there is no {noun} {id}',
        remedy: 'Check the id; list what there is.',
    },
    NOT_REVOLVING: {
        sentence: 'deal {id} is {status}: it buys no more receivables',
        remedy: 'Loans join a pool in its revolving period, or in exchange for others where its rules allow it.',
    },
    OBSERVED_ALREADY: {
        sentence: 'the days up to {day} have been observed',
        remedy: 'Record and observe the days in their order.',
    },
    OFFERING_INCOMPLETE: {
        sentence: 'the offering and the terms do not name the same classes: {className}',
        remedy: 'Offer every class of the terms, and no other.',
    },
    OFFERING_INVALID: {
        sentence: 'the offering of class {className} cannot be: {problem}',
        remedy: 'Correct the offering and send it again.',
    },
    OFFER_MISSING: {
        sentence: 'no loans are offered to deal {id}',
        remedy: 'Let the originator record and offer them first.',
    },
    OFFER_OPEN: {
        sentence: 'addition {number} is offered and not yet answered',
        remedy: 'Wait until the trustee has accepted or declined it.',
    },
    ORDER_CLOSED: {
        sentence: 'the order is no longer open',
        remedy: 'An order can be changed or withdrawn until the book is closed.',
    },
    ORDER_INVALID: {
        sentence:
            'the order is below the smallest denomination or its own minimum, above the size of the class, or not in whole steps of it',
        remedy: 'Correct the order and place it again.',
    },
    PARTIAL_NOT_ALLOWED: {
        sentence: '{at} may not settle in this part',
        remedy: 'Settle all that is left of it, or have both parties allow partial settlement.',
    },
    PARTY_UNFIT: {
        sentence: '{id} has not joined or does not hold the role {role}',
        remedy: 'Let it join and have the role confirmed, or name another party.',
    },
    PARTY_WRONG: {
        sentence: '{id} is not the {role}: {party} is',
        remedy: 'Only that institution can do this.',
    },
    PAYEE_OUTSIDE: {
        sentence: 'whom deal {dealId} owes the payment for {period} is no institution: it has no book',
        remedy: 'Pay it outside, and say under which reference (send).',
    },
    PAYMENT_CONFIRMED: {
        sentence: 'the payment of {at} has arrived outside: what was paid for is not withdrawn',
        remedy: 'Deliver what was paid for; or pay back outside, and let the instruction expire.',
    },
    PAYMENT_NOT_CONFIRMED: {
        sentence: 'the deliverer has not confirmed the payment of {at}',
        remedy: 'The deliverer confirms the payment by its reference once the cash has arrived.',
    },
    PAYMENT_NOT_DUE: {
        sentence: 'the distribution of deal {dealId} for {period} is due on {due}; the business day is {today}',
        remedy: 'Open the payment date as business day, then pay.',
    },
    PAYMENT_NOT_HELD: {
        sentence: 'nothing waits of the payment of deal {dealId} for {period}',
        remedy: "Read the holder's notice, or the payable, to see what became of it.",
    },
    PAYMENT_NOT_OUTSIDE: {
        sentence: 'the instruction is not a delivery against cash paid outside',
        remedy: 'Deposits move with the notes and need no confirmation.',
    },
    PAYMENT_NOT_SENT: {
        sentence: 'the payment of deal {dealId} for {period} has not been sent outside',
        remedy: "Read the holder's notice, or the payable, to see what became of it.",
    },
    PERIOD_AFFECTED: {
        sentence: 'period {period} rests on period {earlier} as it was before its restatement',
        remedy: 'Restate it first.',
    },
    PERIOD_OUT_OF_ORDER: {
        sentence: 'period {period} cannot be reported before period {before}',
        remedy: 'Report the periods in order.',
    },
    PERIOD_REPORTED: {
        sentence: 'period {period} has been reported',
        remedy: 'Name a period that is still open.',
    },
    POOL_BALANCE_DIFFERS: {
        sentence: 'the loans add up to {recomputed}, the terms say {stated}, in minor units',
        remedy: 'Have the tape sent back and record the right one, or open another deal with the right terms: those of a deal stay.',
    },
    POOL_TOO_SMALL: {
        sentence: 'the pool has fewer than {least} loans: its public figures would show single ones',
        remedy: 'Add loans, or let the rules of the pool say that single assets may be seen (fewestLoans: 1).',
    },
    PRICE_MISSING: {
        sentence: 'class {className} has no price',
        remedy: 'State the price of every class offered, in percent of face.',
    },
    PROCEEDS_SHORT: {
        sentence: 'the proceeds do not cover what the deal must hold at closing',
        remedy: "Raise the price or lower the opening balances of the deal's accounts.",
    },
    PROOF_INVALID: {
        sentence: 'the proof does not hold: {problem}',
        remedy: 'Ask for the proof again, and check it against the root on the ledger.',
    },
    REASON_MISSING: {
        sentence: 'period {period} has been reported: a restatement needs a reason',
        remedy: 'Give the reason.',
    },
    RECORD_DATE_OUT_OF_REACH: {
        sentence: 'the books cannot tell any more who held on {day}: a holding that changes remembers {kept} days',
        remedy: 'Pay each month before the next; what was missed so long is settled outside the ledger.',
    },
    RECORD_FORGED: {
        sentence: 'the {noun} {id} is not what this contract lays down, or not under the policy it gives',
        remedy: 'Do not go on with the deal: somebody has run altered chaincode. Have it opened again under another id.',
    },
    REGISTRY_KEY_LAID: {
        sentence: 'the key of the registry has been laid down',
        remedy: 'It is laid down once and for all.',
    },
    REGISTRY_KEY_MISSING: {
        sentence: 'the registry has no key yet',
        remedy: 'Let the regulator lay it down.',
    },
    REPLACED_NOT_REPORTED: {
        sentence: 'row {row} has left the pool in exchange and is not reported as bought back',
        remedy: 'Report the loan as bought back in full, with its zero-balance code.',
    },
    REGULATOR_LAST: {
        sentence: '{id} is the only regulator, and keeps that role',
        remedy: 'Let another institution be confirmed as regulator first: nobody else can confirm one.',
    },
    REINSTATEMENT_EXCEEDED: {
        sentence: 'class {className} has {writtenDown} written down: no more can be reinstated',
        remedy: 'Reinstate at most that, in the smallest unit of the currency.',
    },
    REPORT_ANSWERED: {
        sentence: 'version {version} of period {period} is {status} already',
        remedy: 'A correction is a new version.',
    },
    REPORT_MISSING: {
        sentence: 'period {period} has not been reported',
        remedy: 'File its report first.',
    },
    REPORT_NOT_CONFIRMED: {
        sentence: 'version {version} of period {period} is not confirmed',
        remedy: 'Let the trustee confirm it first.',
    },
    REQUEST_INVALID: { sentence: '{at}: {problem}', remedy: 'Correct the field named and send the request again.' },
    REQUEST_REUSED: {
        sentence: 'request {requestId} was carried out with other content',
        remedy: 'Give a new request its own id.',
    },
    ROLE_MISSING: {
        sentence: '{id} has no desk here with the role {role}',
        remedy: 'Use a certificate with the role, of an institution whose role the regulator has confirmed.',
    },
    ROLE_NOT_REQUESTED: {
        sentence: 'institution {id} neither holds nor asked for the role {role}',
        remedy: 'Let the institution ask for the role first: an administrator of it does.',
    },
    ROW_UNKNOWN: {
        sentence: 'chunk {number} has no row {row}',
        remedy: 'Name rows of the chunk as recorded.',
    },
    RULES_INVALID: {
        sentence: '{at}: {problem}',
        remedy: 'Correct the place named in the rules of the pool.',
    },
    RUN_MISSING: {
        sentence: 'period {period} of deal {dealId} has not been run',
        remedy: 'Run the waterfall of the period first.',
    },
    RUN_OUT_OF_ORDER: {
        sentence: 'the period before period {period} of deal {dealId} has not been run',
        remedy: 'Run the periods in their order.',
    },
    RUN_OUTDATED: {
        sentence: 'version {report} of the report of period {period} of deal {dealId} was confirmed since it was run',
        remedy: 'Run the period again, then pay it.',
    },
    RUN_UP_TO_DATE: {
        sentence: 'period {period} of deal {dealId} has been run on its latest report',
        remedy: 'Nothing has to be done.',
    },
    SERVICER_NOT_ORIGINATOR: {
        sentence: '{servicer} services loans that it did not originate: it has no access to where they are recorded',
        remedy: "Let the originator service the deal; the loans' collection has no other member but trustee and regulator.",
    },
    STATES_MISSING: {
        sentence: 'the loan states of period {period}, chunk {number}, are not recorded',
        remedy: 'Record every chunk of the period first.',
    },
    STATE_NOT_ROLLED: {
        sentence: 'row {row}: {problem}',
        remedy: 'Correct the loan, or report the difference as an adjustment or a charge-off.',
    },
    STATUS_UNKNOWN: {
        sentence: 'the terms know no status {status} in which a waterfall runs',
        remedy: "Name a status of the deal's terms that is not final.",
    },
    SUBSTITUTE_UNFIT: {
        sentence: 'the loans offered cannot take the place of those that leave: {condition}',
        remedy: 'Offer loans that meet the conditions of substitution in the rules of the pool.',
    },
    SUBSTITUTION_EXCEEDED: {
        sentence: 'no more than {most} of the pool at the seal may be exchanged',
        remedy: 'Buy the loan back for cash.',
    },
    SUBSTITUTION_NOT_ALLOWED: {
        sentence: 'the rules of the pool allow no substitution',
        remedy: 'Buy the loan back for cash.',
    },
    SURPLUS_MISSING: {
        sentence: 'nothing is left in the account of deal {dealId}',
        remedy: 'There is nothing to pay out.',
    },
    SURPLUS_NOT_PAID: {
        sentence: 'the account of deal {dealId} is not empty, and who holds its notes may have a claim to what is left',
        remedy: 'Pay out what is left first (pay-out), then cancel the notes.',
    },
    TAPE_STILL_PLEDGED: {
        sentence: 'chunk {number} is still pledged',
        remedy: 'Release the pledges of the tape first.',
    },
    TERMS_INVALID: {
        sentence: '{at}: {problem}',
        remedy: 'Correct the terms at the place named; a number after a colon is the column in the formula.',
    },
    TRANSACTION_UNKNOWN: {
        sentence: 'there is no transaction {name}',
        remedy: 'Check the name; the chaincode metadata lists all.',
    },
    TRANSIENT_MISSING: {
        sentence: 'the private input has no {field}',
        remedy: 'Send it in the transient map.',
    },
    VERSION_OUT_OF_ORDER: {
        sentence: 'the version of period {period} in question is {version}',
        remedy: 'Name that version.',
    },
} as const satisfies Record<string, RefusalRow>;

export interface RefusalRow {
    readonly sentence: string;
    readonly remedy: string;
}

export type RefusalCode = keyof typeof refusals;

/** Values named in a refusal's sentence. Public ones only: they reach the caller, logs and other institutions' peers. */
export type RefusalDetails = Readonly<Record<string, string | number | bigint>>;

/**
 * A rule that says no. Thrown by the domain before anything is written.
 * Travels as `CODE: sentence`, the only part of a contract's error that Fabric carries to the client.
 */
export class Refusal extends Error {
    override readonly name = 'Refusal';

    constructor(
        readonly code: RefusalCode,
        readonly details: RefusalDetails = {},
    ) {
        super(`${code}: ${sentenceOf(code, details)}`);
    }
}

function sentenceOf(code: RefusalCode, details: RefusalDetails): string {
    return refusals[code].sentence.replace(/\{(\w+)\}/g, (placeholder, name: string) =>
        name in details ? String(details[name]) : placeholder,
    );
}
