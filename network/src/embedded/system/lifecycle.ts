import { peer } from '@hyperledger/fabric-protos';
import type { SystemChaincode } from '../chaincode/support';
import type { TransactionParams } from '../chaincode/invocation';
import { checkAccess } from '../endorser/endorser';
import type { Channel, ChaincodeDefinition, DefinitionTerms } from '../ledger';
import { writeDefinition } from '../ledger';
import { failure, success } from './response';

const { lifecycle: messages } = peer;

/** Definitions all institutions have agreed to, by name: what a commit may define. */
export type AgreedDefinitions = ReadonlyMap<string, DefinitionTerms>;

type Call = (context: Context, argument: Uint8Array, transaction: TransactionParams) => Uint8Array;

interface Context {
    readonly channel: Channel;
    readonly agreed: AgreedDefinitions;
}

const calls: ReadonlyMap<string, Call> = new Map<string, Call>([
    ['CommitChaincodeDefinition', commit],
    ['QueryChaincodeDefinition', queryOne],
    ['QueryChaincodeDefinitions', queryAll],
]);

/** A chaincode was asked for that is not defined: status 404. */
class NotDefined extends Error {}

/**
 * The system chaincode that defines chaincodes. Queries work as in Fabric; a definition is agreed to outside of the
 * ledger, by naming it when the network is opened, and committed by the network itself.
 */
export function lifecycle(channel: Channel, agreed: AgreedDefinitions): SystemChaincode {
    return {
        invoke: (args, transaction) => {
            if (args.length === 0) return failure('lifecycle scc must be invoked with arguments');
            if (args.length !== 2) {
                return failure(`lifecycle scc operations require exactly two arguments but received ${args.length}`);
            }
            const name = Buffer.from(args[0]!).toString();
            const call = calls.get(name);
            if (call === undefined) {
                return failure(
                    `_lifecycle ${name} is not supported by the embedded network: chaincode is installed and approved by naming it when the network is opened`,
                );
            }
            try {
                const { signedProposal, creator, channelId } = transaction;
                checkAccess(channel, channelId, '/Channel/Application/Writers', signedProposal, creator.serialized);
            } catch (error) {
                return failure(`Failed to authorize invocation due to failed ACL check: ${(error as Error).message}`);
            }
            try {
                return success(call({ channel, agreed }, args[1]!, transaction));
            } catch (error) {
                if (!(error instanceof NotDefined)) {
                    return failure(`failed to invoke backing implementation of '${name}': ${(error as Error).message}`);
                }
                const response = failure(error.message);
                response.setStatus(404);
                return response;
            }
        },
    };
}

function commit({ agreed }: Context, argument: Uint8Array, { simulator, ledger }: TransactionParams): Uint8Array {
    const args = messages.CommitChaincodeDefinitionArgs.deserializeBinary(argument);
    const name = args.getName();
    const next = (ledger.definition(name)?.sequence ?? 0) + 1;
    if (args.getSequence() !== next) {
        throw new Error(`requested sequence is ${args.getSequence()}, but new definition must be sequence ${next}`);
    }
    const terms = agreed.get(name);
    if (terms?.sequence !== next || simulator === undefined) {
        throw new Error(
            'chaincode definition not agreed to by this org (the embedded network takes its definitions when it is opened)',
        );
    }
    writeDefinition(simulator, terms);
    return new messages.CommitChaincodeDefinitionResult().serializeBinary();
}

function queryOne({ channel }: Context, argument: Uint8Array, { ledger }: TransactionParams): Uint8Array {
    const { name } = messages.QueryChaincodeDefinitionArgs.deserializeBinary(argument).toObject();
    const definition = ledger.definition(name);
    if (definition === undefined) throw new NotDefined(`namespace ${name} is not defined`);
    const result = new messages.QueryChaincodeDefinitionResult();
    fill(result, definition);
    for (const { mspId } of channel.config.institutions) result.getApprovalsMap().set(mspId, true);
    return result.serializeBinary();
}

function queryAll({ agreed }: Context, _argument: Uint8Array, { ledger }: TransactionParams): Uint8Array {
    const result = new messages.QueryChaincodeDefinitionsResult();
    for (const name of agreed.keys()) {
        const definition = ledger.definition(name);
        if (definition === undefined) continue;
        const item = new messages.QueryChaincodeDefinitionsResult.ChaincodeDefinition();
        item.setName(name);
        fill(item, definition);
        result.addChaincodeDefinitions(item);
    }
    return result.serializeBinary();
}

function fill(
    message:
        | peer.lifecycle.QueryChaincodeDefinitionResult
        | peer.lifecycle.QueryChaincodeDefinitionsResult.ChaincodeDefinition,
    definition: ChaincodeDefinition,
): void {
    const { endorsementInfo, validationInfo, collections } = definition.stored;
    message.setSequence(definition.sequence);
    message.setVersion(definition.version);
    message.setEndorsementPlugin(endorsementInfo.getEndorsementPlugin());
    message.setValidationPlugin(validationInfo.getValidationPlugin());
    message.setValidationParameter(validationInfo.getValidationParameter_asU8());
    message.setInitRequired(definition.initRequired);
    message.setCollections(collections);
}
