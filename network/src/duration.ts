const units: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** Milliseconds of a duration as Fabric's configuration writes it (`200ms`, `2s`, `1.5m`), or undefined. */
export function parseDuration(text: string): number | undefined {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text);
    const unit = match?.[2] === undefined ? undefined : units[match[2]];
    return match === null || unit === undefined ? undefined : Number(match[1]) * unit;
}
