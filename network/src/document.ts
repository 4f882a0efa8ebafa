/** What is wrong with a file the user wrote, and where: `institutions[2].roles[0]: unknown role "bank"`. */
export class DocumentError extends Error {
    override readonly name = 'DocumentError';

    constructor(
        readonly at: string,
        readonly problem: string,
    ) {
        super(at === '' ? problem : `${at}: ${problem}`);
    }
}

/** One place of a JSON document: reads what must stand there, or names the place in a DocumentError. */
export class Place {
    constructor(
        readonly value: unknown,
        readonly at: string,
    ) {}

    fail(problem: string): never {
        throw new DocumentError(this.at, problem);
    }

    /** The member of an object. Absent members read as undefined. */
    member(name: string): Place {
        return new Place(this.object()[name], this.at === '' ? name : `${this.at}.${name}`);
    }

    /** The only members this object may have, so that a mistyped name is not silently ignored. */
    only(...names: readonly string[]): void {
        const unknown = Object.keys(this.object()).find(name => !names.includes(name));
        if (unknown !== undefined) this.fail(`unknown field "${unknown}" (known: ${names.join(', ')})`);
    }

    items(): readonly Place[] {
        if (!Array.isArray(this.value)) this.fail(`expected a list, found ${describe(this.value)}`);
        return this.value.map((value, index) => new Place(value, `${this.at}[${index}]`));
    }

    text(pattern?: RegExp, meaning?: string): string {
        if (typeof this.value !== 'string' || this.value === '') {
            this.fail(`expected text, found ${describe(this.value)}`);
        }
        if (pattern !== undefined && !pattern.test(this.value)) {
            this.fail(`${JSON.stringify(this.value)} is not ${meaning ?? `of the form ${pattern.source}`}`);
        }
        return this.value;
    }

    oneOf<T extends string>(known: readonly T[], noun: string): T {
        const text = this.text();
        const found = known.find(candidate => candidate === text);
        return found ?? this.fail(`unknown ${noun} "${text}" (known: ${known.join(', ')})`);
    }

    integer(least: number, most = Number.MAX_SAFE_INTEGER): number {
        if (!Number.isSafeInteger(this.value)) this.fail(`expected a whole number, found ${describe(this.value)}`);
        const number = this.value as number;
        if (number < least || number > most) {
            const bounds = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `between ${least} and ${most}`;
            this.fail(`${number} must be ${bounds}`);
        }
        return number;
    }

    flag(): boolean {
        if (typeof this.value !== 'boolean') this.fail(`expected true or false, found ${describe(this.value)}`);
        return this.value;
    }

    private object(): Record<string, unknown> {
        if (typeof this.value !== 'object' || this.value === null || Array.isArray(this.value)) {
            this.fail(`expected an object, found ${describe(this.value)}`);
        }
        return this.value as Record<string, unknown>;
    }
}

function describe(value: unknown): string {
    if (value === undefined) return 'nothing';
    if (value === null) return 'null';
    if (Array.isArray(value)) return 'a list';
    return typeof value === 'object' ? 'an object' : JSON.stringify(value);
}
