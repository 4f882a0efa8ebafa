import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { lastDayOf, monthOf, parseDay } from '@poolproof/chaincode/domain';

import type { Day } from '@poolproof/chaincode/domain';

/** A servicer's certificate as filed: what it prints on each numbered line. */
export interface FiledCertificate {
    readonly accession: string;
    readonly distributionDate: Day;
    readonly periodBegin: Day;
    readonly periodEnd: Day;
    readonly lines: Readonly<Record<string, FiledLine>>;
}

export interface FiledLine {
    /** Not kept in the committed vector. */
    readonly label?: string;
    readonly columns: readonly string[];
}

/** Where the public filings lie; they are not part of the project. */
const dataFolder = process.env['POOLPROOF_DATA'] ?? join(__dirname, '../../../../shared/data');
export const certificatesFile = join(dataFolder, 'carmax-2017-2/certificates.csv');

/** The certificates of the committed vector, in order. */
export function vectorCertificates(): FiledCertificate[] {
    const path = join(__dirname, '../../vectors/carmax-2017-2.json');
    const vector = JSON.parse(readFileSync(path, 'utf8')) as {
        certificates: (Omit<FiledCertificate, 'lines'> & { lines: Record<string, string[]> })[];
    };
    return vector.certificates.map(({ lines, ...certificate }) => ({
        ...certificate,
        lines: Object.fromEntries(Object.entries(lines).map(([line, columns]) => [line, { columns }])),
    }));
}

/** Every certificate of the file, in order of distribution dates; a date filed twice comes twice. */
export function filedCertificates(): FiledCertificate[] {
    const [header = [], ...rows] = csvRows(readFileSync(certificatesFile, 'utf8'));
    const byAccession = new Map<string, Record<string, string>[]>();
    for (const row of rows) {
        const named = Object.fromEntries(header.map((name, i) => [name, row[i] ?? '']));
        const accession = named['accession'] ?? '';
        byAccession.set(accession, [...(byAccession.get(accession) ?? []), named]);
    }
    return Array.from(byAccession, ([accession, lines]) => certificateOf(accession, lines)).sort((a, b) =>
        a.distributionDate < b.distributionDate ? -1 : a.distributionDate > b.distributionDate ? 1 : 0,
    );
}

function certificateOf(accession: string, rows: readonly Record<string, string>[]): FiledCertificate {
    const [begin = '', end = ''] = (rows[0]?.['collection_period'] ?? '').split('-');
    const periodEnd = americanDay(end);
    const lines: Record<string, FiledLine> = {};
    for (const row of rows) {
        const key = `${row['line']}${row['sub']}`;
        const columns = [row['value1'], row['value2'], row['value3']].filter(isFigure);
        // Headings repeat the number of the line before them; the line itself comes first.
        if (key !== '' && columns.length > 0 && !Object.hasOwn(lines, key))
            lines[key] = { label: row['label'] ?? '', columns };
    }
    return {
        accession,
        distributionDate: americanDay(rows[0]?.['distribution_date'] ?? ''),
        periodBegin: americanDay(begin),
        periodEnd: lastDayOf(monthOf(periodEnd)),
        lines,
    };
}

function isFigure(text: string | undefined): text is string {
    return text !== undefined && /^(-?[\d,]+(\.\d+)?|Yes|No)$/.test(text);
}

/** `5/15/2017` or `04/30/17`. */
function americanDay(text: string): Day {
    const [month = '', day = '', year = ''] = text.split('/');
    return parseDay(`${year.padStart(4, '20')}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`);
}

function csvRows(text: string): string[][] {
    return text
        .split(/\r?\n/)
        .filter(line => line !== '')
        .map(line =>
            Array.from(line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g), match => match[1] ?? '')
                .slice(0, -1)
                .map(cell => (cell.startsWith('"') ? cell.slice(1, -1).replaceAll('""', '"') : cell)),
        );
}
