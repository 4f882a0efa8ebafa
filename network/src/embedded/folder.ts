import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readCertificates, writeCertificates } from '../certificate-folders';
import type { Certificates } from '../certificates';
import { issueCertificates } from '../certificates';
import type { Consortium } from '../consortium';
import { DocumentError } from '../document';

/** Where a durable network is kept on disk. */
export class NetworkFolder {
    constructor(readonly path: string) {}

    get ledgers(): string {
        return join(this.path, 'ledgers');
    }

    get snapshots(): string {
        return join(this.path, 'snapshots');
    }

    /** Certificates in cryptogen's layout, for clients in any language. */
    get organizations(): string {
        return join(this.path, 'organizations');
    }

    /** The certificates kept here; issued when the folder is first used. Throws if it is of another consortium. */
    async certificates(consortium: Consortium): Promise<Certificates> {
        const file = join(this.path, 'consortium.json');
        if (existsSync(file)) {
            if (identityOf(JSON.parse(readFileSync(file, 'utf8')) as Consortium) !== identityOf(consortium)) {
                throw new DocumentError(
                    this.path,
                    'this folder keeps a network of other institutions, peers or channel',
                );
            }
            return readCertificates(consortium, this.organizations);
        }
        const certificates = await issueCertificates(consortium);
        writeCertificates(certificates, this.organizations);
        writeFileSync(file, JSON.stringify(consortium, undefined, 4));
        return certificates;
    }

    /** Ports the peers had when the network was last open, by name. */
    readPorts(): Readonly<Record<string, number>> {
        if (!existsSync(this.portsFile)) return {};
        return JSON.parse(readFileSync(this.portsFile, 'utf8')) as Record<string, number>;
    }

    writePorts(ports: Readonly<Record<string, number>>): void {
        mkdirSync(this.path, { recursive: true });
        writeFileSync(this.portsFile, JSON.stringify(ports, undefined, 4));
    }

    private get portsFile(): string {
        return join(this.path, 'ports.json');
    }
}

/** What must not change between two openings: chaincode and block cutting may. */
function identityOf({ channel, institutions, orderers }: Consortium): string {
    const named = institutions.map(({ id, mspId, domain, peers }) => [id, mspId, domain, peers]);
    return JSON.stringify([channel, named, orderers.mspId, orderers.domain, orderers.count]);
}
