import { zeroOf } from '../formula/functions';
import { parseAmount } from '../money';
import { parseRate } from '../rate';
import { dayIn } from './frame';

import type { FormulaValue } from '../formula/value';
import type { Schedule, Terms } from '../terms/terms';
import type { Dates } from './dates';
import type { Vocabulary } from './vocabulary';

/** Makes the tables of the terms known to `schedule(...)`. */
export function nameSchedules(vocabulary: Vocabulary, terms: Terms, dates: Dates): void {
    (terms.schedules ?? []).forEach((schedule, i) => {
        const rows = schedule.rows.map((row, j) => ({
            from: row.from,
            value: scheduled(vocabulary, schedule, row.value, `schedules[${i}].rows[${j}].value`),
        }));
        const { dueDate } = dates;
        vocabulary.table(schedule.id, { unit: schedule.unit, rows, date: frame => dayIn(frame, dueDate) });
    });
}

function scheduled(vocabulary: Vocabulary, { unit }: Schedule, text: string, at: string): FormulaValue {
    try {
        if (unit === 'money') return parseAmount(text, vocabulary.currency);
        return unit === 'rate' ? parseRate(text) : BigInt(text);
    } catch {
        vocabulary.report('schedule', at, `not readable as ${unit}`);
        return zeroOf(unit);
    }
}
