import { asJson, asText, screenWidth } from './print';

import type { QualityReport } from '../quality/inspection';

/** What a file is worth, for people: one line, and a table of what is wrong by rule and field. */
export function qualityText(
    { file, records, findings, score, refused }: QualityReport,
    screen = screenWidth(process.stderr),
): string {
    const verdict = refused ? 'REFUSED, nothing may be recorded' : 'fit to be recorded';
    const rows = findings.map(({ examples, ...finding }) => ({ ...finding, 'e.g. lines': examples }));
    const table = rows.length === 0 ? '' : asText(rows, screen);
    return `${file}: ${records} records, ${verdict}; score ${score} of 100\n${table}`;
}

/** Tells on standard error what is wrong with a file that is going to be recorded all the same. */
export function tellQuality(report: QualityReport): void {
    if (!report.refused) process.stderr.write(qualityText(report));
}

/** Prints what a file is worth; the exit code says whether a rule refuses it. */
export function printQuality(report: QualityReport, json: boolean): void {
    process.stdout.write(json ? asJson(report) : qualityText(report, screenWidth()));
    if (report.refused) process.exitCode = 8;
}
