import { connect as connectSocket } from 'node:net';
import { consortiumOf, TestNetwork, text } from './harness';

describe('an embedded network', () => {
    it('listens no more when closed, also when closed twice', async () => {
        const network = await TestNetwork.open(consortiumOf(['a']));
        const [endpoint] = network.network.peers();
        await network.close();
        await network.network.close();
        const [host, port] = endpoint!.address.split(':');
        const refused = await new Promise(resolve =>
            connectSocket(Number(port), host).once('error', resolve).once('connect', resolve),
        );
        expect(refused).toMatchObject({ code: 'ECONNREFUSED' });
    });

    it('stands beside others, each with its own state', async () => {
        const networks = await Promise.all([1, 2].map(() => TestNetwork.open(consortiumOf(['a']))));
        const contracts = await Promise.all(networks.map(async each => (await each.client('a')).contract));
        await contracts[0]!.submitTransaction('put', 'k', 'first');
        expect(text(await contracts[1]!.evaluateTransaction('get', 'k'))).toBe('');
        await Promise.all(networks.map(each => each.close()));
    });

    it('ends the calls that wait for it', async () => {
        const network = await TestNetwork.open(consortiumOf(['a']));
        const client = await network.client('a');
        const hanging = client.contract.evaluateTransaction('hang').then(
            () => 'answered',
            () => 'ended',
        );
        await new Promise(resolve => setTimeout(resolve, 100));
        await network.close();
        expect(await hanging).toBe('ended');
    });
});
