import type { QualityReport } from './inspection';

/** A file that a rule of the tier `refuse` turns away. Nothing has been sent. */
export class QualityFailure extends Error {
    override readonly name = 'QualityFailure';

    constructor(readonly report: QualityReport) {
        const refusals = report.findings.filter(({ tier }) => tier === 'refuse');
        const told = refusals.map(
            ({ rule, field, count, examples }) => `${field}: ${rule} (${count}, line ${examples[0]})`,
        );
        super(`${report.file} is refused: ${told.join('; ')}`);
    }
}
