import { common, msp } from '@hyperledger/fabric-protos';
import { OrderedBlock } from './block';
import { organisationPolicies } from './channel';
import type { ChannelConfig } from './channel';
import type { MspConfig } from './msp';

/** The first block of a channel: its configuration, as configtxgen would write it for these organisations. */
export function genesisBlock(config: ChannelConfig): OrderedBlock {
    const channelGroup = new common.ConfigGroup();
    channelGroup.getGroupsMap().set('Application', applicationGroup(config));
    channelGroup.getGroupsMap().set('Orderer', ordererGroup(config));
    setMetaPolicies(channelGroup, { Readers: 'ANY', Writers: 'ANY', Admins: 'MAJORITY' });
    setCapability(channelGroup, 'V2_0');
    const settings = new common.Config();
    settings.setChannelGroup(channelGroup);
    const envelope = new common.ConfigEnvelope();
    envelope.setConfig(settings);
    return new OrderedBlock(0, new Uint8Array(), [configTransaction(config.channel, envelope.serializeBinary())]);
}

function configTransaction(channel: string, data: Uint8Array): Uint8Array {
    const channelHeader = new common.ChannelHeader();
    channelHeader.setType(common.HeaderType.CONFIG);
    channelHeader.setVersion(1);
    channelHeader.setChannelId(channel);
    const header = new common.Header();
    header.setChannelHeader(channelHeader.serializeBinary());
    header.setSignatureHeader(new common.SignatureHeader().serializeBinary());
    const payload = new common.Payload();
    payload.setHeader(header);
    payload.setData(data);
    const envelope = new common.Envelope();
    envelope.setPayload(payload.serializeBinary());
    return envelope.serializeBinary();
}

function applicationGroup(config: ChannelConfig): common.ConfigGroup {
    const group = groupOf(config.institutions);
    setMetaPolicies(group, {
        Readers: 'ANY',
        Writers: 'ANY',
        Admins: 'MAJORITY',
        Endorsement: 'MAJORITY',
        LifecycleEndorsement: 'MAJORITY',
    });
    for (const policy of ['Endorsement', 'LifecycleEndorsement'] as const) {
        const message = group.getPoliciesMap().get(policy)?.getPolicy();
        message?.setValue(metaPolicy('Endorsement', 'MAJORITY'));
    }
    setCapability(group, 'V2_5');
    return group;
}

function ordererGroup(config: ChannelConfig): common.ConfigGroup {
    const group = groupOf(config.orderers);
    setMetaPolicies(group, { Readers: 'ANY', Writers: 'ANY', Admins: 'MAJORITY' });
    setPolicy(group, 'BlockValidation', common.Policy.PolicyType.IMPLICIT_META, metaPolicy('Writers', 'ANY'));
    setCapability(group, 'V2_0');
    return group;
}

function groupOf(organisations: readonly MspConfig[]): common.ConfigGroup {
    const group = new common.ConfigGroup();
    group.setModPolicy('Admins');
    for (const organisation of organisations) {
        const own = new common.ConfigGroup();
        own.setModPolicy('Admins');
        setValue(own, 'MSP', mspMessage(organisation).serializeBinary());
        for (const [name, policy] of Object.entries(organisationPolicies(organisation.mspId))) {
            setPolicy(own, name, common.Policy.PolicyType.SIGNATURE, policy.serializeBinary());
        }
        group.getGroupsMap().set(organisation.mspId, own);
    }
    return group;
}

function mspMessage(organisation: MspConfig): msp.MSPConfig {
    const config = new msp.FabricMSPConfig();
    config.setName(organisation.mspId);
    config.setRootCertsList(organisation.rootCertificatesPem.map(pem => Buffer.from(pem)));
    config.setIntermediateCertsList((organisation.intermediateCertificatesPem ?? []).map(pem => Buffer.from(pem)));
    config.setTlsRootCertsList((organisation.tlsRootCertificatesPem ?? []).map(pem => Buffer.from(pem)));
    const crypto = new msp.FabricCryptoConfig();
    crypto.setSignatureHashFamily('SHA2');
    crypto.setIdentityIdentifierHashFunction('SHA256');
    config.setCryptoConfig(crypto);
    const units = new msp.FabricNodeOUs();
    units.setEnable(true);
    units.setClientOuIdentifier(unitNamed('client'));
    units.setPeerOuIdentifier(unitNamed('peer'));
    units.setAdminOuIdentifier(unitNamed('admin'));
    units.setOrdererOuIdentifier(unitNamed('orderer'));
    config.setFabricNodeOus(units);
    const message = new msp.MSPConfig();
    message.setConfig(config.serializeBinary());
    return message;
}

function unitNamed(name: string): msp.FabricOUIdentifier {
    const unit = new msp.FabricOUIdentifier();
    unit.setOrganizationalUnitIdentifier(name);
    return unit;
}

type Rule = keyof common.ImplicitMetaPolicy.RuleMap;

function setMetaPolicies(group: common.ConfigGroup, policies: Readonly<Record<string, Rule>>): void {
    group.setModPolicy('Admins');
    for (const [name, rule] of Object.entries(policies)) {
        setPolicy(group, name, common.Policy.PolicyType.IMPLICIT_META, metaPolicy(name, rule));
    }
}

function metaPolicy(subPolicy: string, rule: Rule): Uint8Array {
    const policy = new common.ImplicitMetaPolicy();
    policy.setSubPolicy(subPolicy);
    policy.setRule(common.ImplicitMetaPolicy.Rule[rule]);
    return policy.serializeBinary();
}

function setPolicy(group: common.ConfigGroup, name: string, type: number, value: Uint8Array): void {
    const policy = new common.Policy();
    policy.setType(type);
    policy.setValue(value);
    const message = new common.ConfigPolicy();
    message.setPolicy(policy);
    message.setModPolicy('Admins');
    group.getPoliciesMap().set(name, message);
}

function setValue(group: common.ConfigGroup, name: string, value: Uint8Array): void {
    const message = new common.ConfigValue();
    message.setValue(value);
    message.setModPolicy('Admins');
    group.getValuesMap().set(name, message);
}

function setCapability(group: common.ConfigGroup, name: string): void {
    const capabilities = new common.Capabilities();
    capabilities.getCapabilitiesMap().set(name, new common.Capability());
    setValue(group, 'Capabilities', capabilities.serializeBinary());
}
