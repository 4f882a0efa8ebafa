import { common, msp } from '@hyperledger/fabric-protos';
import { roleNames } from './msp';
import type { ChannelIdentity, MspRole } from './msp';

/** A policy could not be read, or is not satisfied. */
export class PolicyError extends Error {
    override readonly name = 'PolicyError';
}

/** One signatory that a policy asks for. */
export interface Principal {
    readonly mspId: string;
    readonly role: MspRole;
}

/** Signatories that together satisfy a policy; the same one twice means two different identities of it. */
export type Layout = readonly Principal[];

/**
 * Read a policy such as `AND('BankAMSP.peer', OR('TrustMSP.member', 'FundMSP.admin'))` or `OutOf(2, ...)`, as the peer command does;
 * the message comes out as Fabric's policydsl makes it. @throws PolicyError naming what it could not read.
 */
export function parseSignaturePolicy(text: string): common.SignaturePolicyEnvelope {
    const reader = new Reader(text);
    const rule = reader.gate();
    reader.end();
    const envelope = new common.SignaturePolicyEnvelope();
    envelope.setRule(rule);
    envelope.setIdentitiesList(reader.principals);
    return envelope;
}

/** Policy satisfied by any one of the principals, or by `count` of them. */
export function signedBy(principals: readonly Principal[], count = 1): common.SignaturePolicyEnvelope {
    const envelope = new common.SignaturePolicyEnvelope();
    envelope.setIdentitiesList(principals.map(principalMessage));
    envelope.setRule(
        outOf(
            count,
            principals.map((_, index) => signedByIndex(index)),
        ),
    );
    return envelope;
}

class Reader {
    readonly principals: msp.MSPPrincipal[] = [];
    private readonly tokens: readonly string[];
    private at = 0;

    constructor(private readonly text: string) {
        this.tokens = text.match(/'[^']*'|"[^"]*"|[A-Za-z]+|\d+|\S/g) ?? [];
    }

    gate(): common.SignaturePolicy {
        const name = this.next().toLowerCase();
        this.expect('(');
        const count = name === 'outof' ? this.count() : undefined;
        const operands: (common.SignaturePolicy | Principal)[] = [];
        do operands.push(this.operand());
        while (this.take(','));
        this.expect(')');
        // Fabric numbers the principals of inner gates before those of the gate around them.
        const rules = operands.map(operand => ('mspId' in operand ? this.signedBy(operand) : operand));
        const required = count ?? { and: rules.length, or: 1 }[name];
        if (required === undefined) throw this.problem(`unrecognized token '${name}' in policy string`);
        if (required > rules.length + 1) {
            throw this.problem(`invalid t-out-of-n predicate, t ${required}, n ${rules.length}`);
        }
        return outOf(required, rules);
    }

    end(): void {
        if (this.at < this.tokens.length) throw this.problem(`unexpected '${this.next()}'`);
    }

    private signedBy(principal: Principal): common.SignaturePolicy {
        this.principals.push(principalMessage(principal));
        return signedByIndex(this.principals.length - 1);
    }

    private operand(): common.SignaturePolicy | Principal {
        const token = this.tokens[this.at] ?? '';
        if (!/^['"]/.test(token)) return this.gate();
        this.at++;
        const [, mspId, role] = /^([A-Za-z0-9.-]+)\.(admin|member|client|peer|orderer)$/.exec(token.slice(1, -1)) ?? [];
        if (mspId === undefined) throw this.problem(`unrecognized token '${token.slice(1, -1)}' in policy string`);
        return { mspId, role: role as MspRole };
    }

    private count(): number {
        const token = this.next().replace(/^['"]|['"]$/g, '');
        this.expect(',');
        if (!/^\d+$/.test(token)) throw this.problem(`'${token}' is not a number`);
        return Number(token);
    }

    private next(): string {
        const token = this.tokens[this.at++];
        if (token === undefined) throw this.problem('unexpected end');
        return token;
    }

    private take(token: string): boolean {
        if (this.tokens[this.at] !== token) return false;
        this.at++;
        return true;
    }

    private expect(token: string): void {
        if (!this.take(token))
            throw this.problem(`expected '${token}' but found '${this.tokens[this.at] ?? 'the end'}'`);
    }

    private problem(text: string): PolicyError {
        return new PolicyError(`invalid policy string '${this.text}': ${text}`);
    }
}

function principalMessage({ mspId, role }: Principal): msp.MSPPrincipal {
    const mspRole = new msp.MSPRole();
    mspRole.setMspIdentifier(mspId);
    mspRole.setRole(roleNames.indexOf(role) as 0);
    const principal = new msp.MSPPrincipal();
    principal.setPrincipalClassification(msp.MSPPrincipal.Classification.ROLE);
    principal.setPrincipal(mspRole.serializeBinary());
    return principal;
}

function signedByIndex(index: number): common.SignaturePolicy {
    const rule = new common.SignaturePolicy();
    rule.setSignedBy(index);
    return rule;
}

function outOf(count: number, rules: common.SignaturePolicy[]): common.SignaturePolicy {
    const gate = new common.SignaturePolicy.NOutOf();
    gate.setN(count);
    gate.setRulesList(rules);
    const rule = new common.SignaturePolicy();
    rule.setNOutOf(gate);
    return rule;
}

/**
 * A signature policy ready to be asked. An identity counts for one principal only, in the order of Fabric's cauthdsl. A policy that
 * makes no sense (a rule of no kind, a principal that is not there) is satisfied by nobody.
 */
export class SignaturePolicy {
    private readonly principals: readonly msp.MSPPrincipal[];
    private readonly tests: readonly ((identity: ChannelIdentity) => boolean)[];
    private readonly rule: Rule | undefined;

    constructor(envelope: common.SignaturePolicyEnvelope) {
        this.principals = envelope.getIdentitiesList();
        this.tests = this.principals.map(testOf);
        this.rule = readRule(envelope.getRule(), this.principals.length);
    }

    isSatisfiedBy(identities: readonly ChannelIdentity[]): boolean {
        return this.rule !== undefined && this.usedBy(this.rule, identities, []) !== undefined;
    }

    /** Ways to satisfy it. None for a policy that asks for nobody: validation lets anyone pass, but nobody can be chosen. */
    layouts(): readonly Layout[] {
        return this.rule === undefined ? [] : this.layoutsOf(this.rule).filter(layout => layout.length > 0);
    }

    /** Organisations that the policy names. */
    mspIds(): readonly string[] {
        return [...new Set(this.principals.map(principal => readPrincipal(principal).mspId))];
    }

    /** The identities used up by this rule and before it; undefined if the rule is not satisfied. */
    private usedBy(
        rule: Rule,
        identities: readonly ChannelIdentity[],
        used: readonly ChannelIdentity[],
    ): readonly ChannelIdentity[] | undefined {
        if ('signedBy' in rule) {
            const signs = this.tests[rule.signedBy];
            const signer = identities.find(identity => !used.includes(identity) && signs?.(identity) === true);
            return signer && [...used, signer];
        }
        let satisfied = 0;
        let usedSoFar = used;
        for (const inner of rule.rules) {
            const usedThen = this.usedBy(inner, identities, usedSoFar);
            if (usedThen === undefined) continue;
            usedSoFar = usedThen;
            satisfied++;
        }
        return satisfied >= rule.count ? usedSoFar : undefined;
    }

    private layoutsOf(rule: Rule): readonly Layout[] {
        if ('rules' in rule) {
            return chooseLayouts(
                rule.rules.map(inner => this.layoutsOf(inner)),
                rule.count,
            );
        }
        const principal = this.principals[rule.signedBy];
        return principal === undefined ? [] : [[readPrincipal(principal)]];
    }
}

type Rule = { readonly signedBy: number } | { readonly count: number; readonly rules: readonly Rule[] };

/** The rule decoded once; undefined if any part of it makes no sense. */
function readRule(rule: common.SignaturePolicy | undefined, principals: number): Rule | undefined {
    const gate = rule?.getNOutOf();
    if (gate === undefined) {
        const signedBy = rule?.hasSignedBy() === true ? rule.getSignedBy() : -1;
        return signedBy >= 0 && signedBy < principals ? { signedBy } : undefined;
    }
    const rules = gate.getRulesList().map(inner => readRule(inner, principals));
    const readable = rules.filter(inner => inner !== undefined);
    return readable.length < rules.length ? undefined : { count: gate.getN(), rules: readable };
}

/** The principal's question, decoded once. */
function testOf(principal: msp.MSPPrincipal): (identity: ChannelIdentity) => boolean {
    if (principal.getPrincipalClassification() !== msp.MSPPrincipal.Classification.ROLE) {
        return identity => identity.satisfies(principal);
    }
    const { mspId, role } = readPrincipal(principal);
    return identity => identity.hasRole(mspId, role);
}

function readPrincipal(principal: msp.MSPPrincipal): Principal {
    if (principal.getPrincipalClassification() !== msp.MSPPrincipal.Classification.ROLE) {
        throw new PolicyError('endorsers can only be chosen for policies that name roles');
    }
    const role = msp.MSPRole.deserializeBinary(principal.getPrincipal_asU8());
    return { mspId: role.getMspIdentifier(), role: roleNames[role.getRole()] ?? 'member' };
}

/** Every way to satisfy `count` of the alternatives, each of which has its own ways. */
export function chooseLayouts(alternatives: readonly (readonly Layout[])[], count: number): readonly Layout[] {
    if (count <= 0) return [[]];
    const [first, ...rest] = alternatives;
    if (first === undefined || alternatives.length < count) return [];
    const withFirst = chooseLayouts(rest, count - 1).flatMap(layout => first.map(own => [...own, ...layout]));
    return [...withFirst, ...chooseLayouts(rest, count)];
}
