import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readProfile } from '@poolproof/gateway';

const yaml = `
name: consortium
version: 1.0.0
client:
  organization: Org1
channels:
  deals:
    orderers: [orderer.example.com]
    peers:
      peer0.org1.example.com: { endorsingPeer: true }
organizations:
  Org1:
    mspid: Org1MSP
    peers: [peer0.org1.example.com, peer1.org1.example.com]
    certificateAuthorities: [ca.org1.example.com]
  Org2:
    mspid: Org2MSP
    peers:
      - peer0.org2.example.com
peers:
  peer0.org1.example.com:
    url: grpcs://localhost:7051
    tlsCACerts:
      pem: |
        -----BEGIN CERTIFICATE-----
        MIIB
        -----END CERTIFICATE-----
    grpcOptions:
      ssl-target-name-override: peer0.org1.example.com
      hostnameOverride: peer0.org1.example.com
  peer1.org1.example.com:
    url: grpcs://peer1.org1.example.com:8051
    tlsCACerts: { path: tls/root.pem }
  peer0.org2.example.com:
    url: grpc://localhost:9051
`;
const root = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('a common connection profile', () => {
    const folder = mkdtempSync(join(tmpdir(), 'poolproof-profile-'));
    const write = (name: string, content: string) => {
        writeFileSync(join(folder, name), content);
        return join(folder, name);
    };
    afterAll(() => rmSync(folder, { recursive: true }));

    it("gives the peers of its client's organisation, as the tools of Fabric write it in YAML", () => {
        const path = write('profile.yaml', yaml.replace('tls/root.pem', 'root.pem'));
        write('root.pem', 'a root');
        expect(readProfile(path)).toEqual({
            mspId: 'Org1MSP',
            channel: 'deals',
            peers: [
                {
                    name: 'peer0.org1.example.com',
                    address: 'localhost:7051',
                    tlsRootPem: root,
                    tlsHostName: 'peer0.org1.example.com',
                },
                { name: 'peer1.org1.example.com', address: 'peer1.org1.example.com:8051', tlsRootPem: 'a root' },
            ],
        });
    });

    it('gives those of another organisation that is asked for', () => {
        const peers = [{ name: 'peer0.org2.example.com', address: 'localhost:9051' }];
        expect(readProfile(write('other.yaml', yaml), 'Org2')).toMatchObject({ mspId: 'Org2MSP', peers });
    });

    it('may keep in anchors what repeats', () => {
        const merged = `
client: { organization: Org2 }
organizations: { Org1: { mspid: Org1MSP, peers: [a] }, Org2: { mspid: Org2MSP, peers: [b] } }
defaults: &peer { tlsCACerts: { pem: a root } }
peers:
  a: { <<: *peer, url: "grpcs://a:7051" }
  b: { <<: *peer, url: "grpcs://b:7051" }`;
        const peers = [{ name: 'b', address: 'b:7051', tlsRootPem: 'a root' }];
        expect(readProfile(write('merged.yaml', merged))).toEqual({ mspId: 'Org2MSP', peers });
    });

    it('is the same in JSON', () => {
        const json = {
            organizations: { 'bank-a': { mspid: 'BankAMSP', peers: ['p'] } },
            peers: { p: { url: 'grpcs://10.0.0.1:7051', tlsCACerts: { pem: ['one', 'two'] } } },
        };
        expect(readProfile(write('profile.json', JSON.stringify(json)))).toEqual({
            mspId: 'BankAMSP',
            peers: [{ name: 'p', address: '10.0.0.1:7051', tlsRootPem: 'one\ntwo' }],
        });
    });

    it.each([
        ['not a profile at all', 'just: text', /organizations.*not an object/],
        ['no such organisation', yaml.replace('organization: Org1', 'organization: Org9'), /no organisation Org9/],
        ['nobody said to be the client', yaml.replace(/client:\n.*\n/, ''), /which is the client's: Org1, Org2/],
        ['no peers', 'organizations: { a: { mspid: A, peers: [] } }\npeers: {}', /no peer of the client's/],
        ['no MSP id', 'organizations: { a: { peers: [p] } }\npeers: { p: { url: "grpc://a:1" } }', /mspid/],
        ['no root', 'organizations: { a: { mspid: A } }\npeers: { p: { url: "grpcs://a:1" } }', /tlsCACerts/],
        ['broken YAML', 'peers: [', /broken\.yaml/],
    ])('is refused by the name of its file: %s', (_, content, problem) => {
        const path = write('broken.yaml', content);
        expect(() => readProfile(path)).toThrow(problem);
        expect(() => readProfile(path)).toThrow('broken.yaml: ');
    });
});
