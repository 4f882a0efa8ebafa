import type { Channel } from './channel';
import { collectionOf, LIFECYCLE, readDefinition } from './definition';
import type { ChaincodeDefinition, CollectionDefinition } from './definition';
import type { WorldState } from './world-state';

/** The chaincode definitions in a peer's committed state, read once for as long as the `_lifecycle` namespace stays as it is. */
export class Definitions {
    private readonly known = new Map<string, ChaincodeDefinition | undefined>();
    private stamp: unknown;

    constructor(private readonly channel: Channel) {}

    definition(state: WorldState, chaincode: string): ChaincodeDefinition | undefined {
        const stamp = state.stamp(LIFECYCLE);
        if (stamp !== this.stamp) this.known.clear();
        this.stamp = stamp;
        if (!this.known.has(chaincode)) {
            this.known.set(
                chaincode,
                readDefinition(this.channel, chaincode, key => state.get(LIFECYCLE, key)?.value),
            );
        }
        return this.known.get(chaincode);
    }

    collection(state: WorldState, chaincode: string, collection: string): CollectionDefinition | undefined {
        const definition = this.definition(state, chaincode);
        return definition && collectionOf(this.channel, definition, collection);
    }
}
