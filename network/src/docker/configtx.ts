import { inside } from './plan';
import type { Plan } from './plan';

/** Name of the profile in the document, as configtxgen asks for it. */
export const profile = 'Channel';

/**
 * The channel's first configuration, in the form of configtxgen's configtx.yaml. Paths are relative to the plan's
 * folder. Every institution's first peer is an anchor from the start, so that gossip carries private data between
 * institutions without a later update.
 */
export function configtx(plan: Plan): unknown {
    const { consortium } = plan;
    return {
        Profiles: {
            [profile]: {
                Policies: implicitPolicies(),
                Capabilities: { V2_0: true },
                Orderer: ordererSection(plan),
                Application: {
                    Organizations: consortium.institutions.map(({ mspId, domain }) =>
                        institutionSection(mspId, domain),
                    ),
                    Policies: {
                        ...implicitPolicies(),
                        Endorsement: implicitMeta('MAJORITY Endorsement'),
                        LifecycleEndorsement: implicitMeta('MAJORITY Endorsement'),
                    },
                    Capabilities: { V2_5: true },
                },
            },
        },
    };
}

/** One institution's part of the channel, as configtxgen's -printOrg also takes it. */
export function institutionSection(mspId: string, domain: string): unknown {
    return {
        Name: mspId,
        ID: mspId,
        MSPDir: `certificates/peerOrganizations/${domain}/msp`,
        Policies: {
            Readers: signedBy(mspId, 'admin', 'peer', 'client'),
            Writers: signedBy(mspId, 'admin', 'client'),
            Admins: signedBy(mspId, 'admin'),
            Endorsement: signedBy(mspId, 'peer'),
        },
        AnchorPeers: [{ Host: `peer0.${domain}`, Port: inside.peer }],
    };
}

function ordererSection(plan: Plan): unknown {
    const { batch, orderers } = plan.consortium;
    const folder = `certificates/ordererOrganizations/${orderers.domain}`;
    return {
        OrdererType: 'etcdraft',
        BatchTimeout: batch.timeout,
        BatchSize: {
            MaxMessageCount: batch.maxMessages,
            AbsoluteMaxBytes: batch.absoluteBytes,
            PreferredMaxBytes: batch.preferredBytes,
        },
        EtcdRaft: {
            Consenters: plan.orderers.map(({ name }) => ({
                Host: name,
                Port: inside.orderer,
                ClientTLSCert: `${folder}/orderers/${name}/tls/server.crt`,
                ServerTLSCert: `${folder}/orderers/${name}/tls/server.crt`,
            })),
        },
        Organizations: [
            {
                Name: orderers.mspId,
                ID: orderers.mspId,
                MSPDir: `${folder}/msp`,
                Policies: {
                    Readers: signedBy(orderers.mspId, 'member'),
                    Writers: signedBy(orderers.mspId, 'member'),
                    Admins: signedBy(orderers.mspId, 'admin'),
                },
                OrdererEndpoints: plan.orderers.map(({ name }) => `${name}:${inside.orderer}`),
            },
        ],
        Policies: { ...implicitPolicies(), BlockValidation: implicitMeta('ANY Writers') },
        Capabilities: { V2_0: true },
    };
}

function implicitPolicies(): Record<string, unknown> {
    return {
        Readers: implicitMeta('ANY Readers'),
        Writers: implicitMeta('ANY Writers'),
        Admins: implicitMeta('MAJORITY Admins'),
    };
}

function implicitMeta(rule: string): unknown {
    return { Type: 'ImplicitMeta', Rule: rule };
}

function signedBy(mspId: string, ...roles: readonly string[]): unknown {
    return { Type: 'Signature', Rule: `OR(${roles.map(role => `'${mspId}.${role}'`).join(',')})` };
}
