import { readFileSync } from 'node:fs';

import {
    AccessFailure,
    BusyFailure,
    ClosedFailure,
    CommitFailure,
    EndorsementFailure,
    EnrolmentFailure,
    GatewayFailure,
    ImportError,
    InputError,
    OrderingFailure,
    OutcomeUnknown,
    Refused,
    TimeoutFailure,
} from '@poolproof/gateway';
import { CommanderError } from 'commander';
import { Refusal } from '@poolproof/chaincode/domain';
import { exitCodeOf } from '@poolproof/gateway/dist/command/exit-code';

const facts = { stage: 'endorse' } as const;
const place = { file: 'tape.csv', line: 2 };

/** What was thrown by the act. */
function thrownBy(act: () => unknown): unknown {
    try {
        act();
    } catch (error) {
        return error;
    }
    throw new Error('nothing was thrown');
}

it.each([
    [0, 'help that was asked for', new CommanderError(0, 'commander.helpDisplayed', '')],
    [1, 'a bug of ours, of which it is not known what was sent', thrownBy(() => (undefined as unknown as []).length)],
    [1, 'anything else', new Error('unforeseen')],
    [2, 'a word that no command knows', new CommanderError(1, 'commander.unknownCommand', '')],
    [2, 'an option that cannot be', new InputError('no such desk')],
    [2, 'a request that the contract would not read', new Refusal('REQUEST_INVALID', { at: 'x', problem: 'y' })],
    [2, 'a file that cannot be read', new ImportError(place, 'no line end')],
    [2, 'a file that is not there', thrownBy(() => readFileSync('/nowhere/at/all'))],
    [2, 'a file that is not JSON', thrownBy(() => JSON.parse('{') as unknown)],
    [2, 'an address that is none', thrownBy(() => new URL('no address'))],
    [3, 'a rule of the contract', new Refused('NOT_FOUND', { noun: 'deal', id: 'x' }, 'there is no deal x', 't', 'M')],
    [4, 'a collection of others', new AccessFailure('tape_a_b', facts)],
    [5, 'no peer', new GatewayFailure('no peer', facts)],
    [5, 'peers that are busy', new BusyFailure('busy', facts)],
    [5, 'a connection that was closed', new ClosedFailure('closed', facts)],
    [5, 'signatures that are missing', new EndorsementFailure('missing', facts)],
    [5, 'an ordering service that did not take it', new OrderingFailure('no leader', facts)],
    [5, 'no answer in time', new TimeoutFailure('late', facts)],
    [5, 'an authority that refuses', new EnrolmentFailure('no', 401)],
    [6, 'peers that found it invalid', new CommitFailure('ENDORSEMENT_POLICY_FAILURE', facts)],
    [7, 'an outcome that is not known', new OutcomeUnknown('sent', { ...facts, transactionId: 't' })],
] as const)('the command line ends with %i after %s', (code, _, error) => {
    expect(exitCodeOf(error)).toBe(code);
});
