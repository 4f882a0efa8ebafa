/**
 * What the caller gave cannot be used as it is: an option, a file, a step to be signed. Nothing was sent. A bug throws a plain `TypeError`
 * instead, of which that is not known.
 */
export class InputError extends TypeError {
    override readonly name = 'InputError';
}
