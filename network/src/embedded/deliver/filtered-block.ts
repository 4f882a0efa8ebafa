import { peer } from '@hyperledger/fabric-protos';
import type { common } from '@hyperledger/fabric-protos';
import type { CommittedBlock, CommittedTransaction } from '../ledger';

/** A block without its contents: ids, types, codes, and names of events without their payloads. */
export function filteredBlock(block: CommittedBlock): peer.FilteredBlock {
    const message = new peer.FilteredBlock();
    message.setNumber(block.number);
    message.setChannelId(block.channelId);
    message.setFilteredTransactionsList(block.transactions.map(filteredTransaction));
    return message;
}

function filteredTransaction(transaction: CommittedTransaction): peer.FilteredTransaction {
    const message = new peer.FilteredTransaction();
    message.setTxid(transaction.txId);
    message.setType(transaction.headerType as common.HeaderTypeMap[keyof common.HeaderTypeMap]);
    message.setTxValidationCode(transaction.code);
    if (transaction.chaincode === undefined) return message;
    const actions = new peer.FilteredTransactionActions();
    if (transaction.event !== undefined) actions.addChaincodeActions(filteredAction(transaction.event));
    message.setTransactionActions(actions);
    return message;
}

function filteredAction(bytes: Uint8Array): peer.FilteredChaincodeAction {
    const event = peer.ChaincodeEvent.deserializeBinary(bytes);
    event.setPayload('');
    const action = new peer.FilteredChaincodeAction();
    action.setChaincodeEvent(event);
    return action;
}
