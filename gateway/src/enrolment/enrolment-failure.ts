/** A certificate authority that did not do what it was asked. */
export class EnrolmentFailure extends Error {
    override readonly name = 'EnrolmentFailure';

    constructor(
        message: string,
        /** HTTP status; absent where the authority could not be reached. */
        readonly status?: number,
        /** Fabric CA's own number of what is wrong, such as 20 for a wrong secret or token. */
        readonly code?: number,
        cause?: unknown,
    ) {
        super(message, cause === undefined ? {} : { cause });
    }

    /** What the caller can do about it. */
    get remedy(): string {
        if (this.status === undefined) return "Check the authority's address and the root of its TLS certificate.";
        if (this.status === 401)
            return 'Check the name and its secret, or the certificate that signs: it may be revoked or expired.';
        if (this.status === 403) return 'Ask as an identity that may register, renew or revoke this one.';
        return "See what the authority says, and its registrar's rights (hf.Registrar.*, hf.Revoker).";
    }
}
