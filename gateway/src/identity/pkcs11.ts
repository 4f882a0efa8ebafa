/** A session, a slot or an object, as the device's library names it. */
export type Handle = Buffer;

/**
 * What is used of the optional package `pkcs11js`: its own types are absent where it could not be built. Functions and constants are
 * those of PKCS#11 2.40; a refusal of the device is thrown with its `code`.
 */
export interface Pkcs11js {
    readonly PKCS11: new () => Pkcs11;
    readonly CKA_CLASS: number;
    readonly CKA_ID: number;
    readonly CKA_KEY_TYPE: number;
    readonly CKF_OS_LOCKING_OK: number;
    readonly CKF_SERIAL_SESSION: number;
    readonly CKK_EC: number;
    readonly CKM_ECDSA: number;
    readonly CKO_PRIVATE_KEY: number;
    readonly CKR_USER_ALREADY_LOGGED_IN: number;
    readonly CKU_USER: number;
}

/** A device's library. All block but `C_SignAsync`, which signs on a thread. */
export interface Pkcs11 {
    load(library: string): void;
    C_Initialize(options: { readonly flags: number }): void;
    C_Finalize(): void;
    C_GetSlotList(tokenPresent: boolean): Handle[];
    C_GetTokenInfo(slot: Handle): { readonly label: string };
    C_OpenSession(slot: Handle, flags: number): Handle;
    C_CloseSession(session: Handle): void;
    C_Login(session: Handle, userType: number, pin: string): void;
    C_FindObjectsInit(
        session: Handle,
        template: readonly { readonly type: number; readonly value: number | Buffer }[],
    ): void;
    C_FindObjects(session: Handle, maximum: number): Handle[];
    C_FindObjectsFinal(session: Handle): void;
    C_SignInit(session: Handle, mechanism: { readonly mechanism: number }, key: Handle): void;
    C_SignAsync(session: Handle, data: Buffer, signature: Buffer): Promise<Buffer>;
}
