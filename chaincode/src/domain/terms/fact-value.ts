import { integer } from '../shape';

import type { FactValue } from './facts';
import type { Reader } from '../shape';

/** A fact that only one deal's terms declare, as a request states it. */
export const factValue: Reader<FactValue> = (value, at) => {
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    return integer(Number.MIN_SAFE_INTEGER)(value, at);
};
