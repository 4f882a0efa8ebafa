import { Additions } from './addition';
import { Audits } from './audit';
import { Deals } from './deal';
import { Holdings } from './holding';
import { Institutions } from './institution';
import { Observations } from './observation';
import { Pledges } from './pledge';
import { Reports } from './report';
import { Settlements } from './settlement';
import { Tapes } from './tape';
import { Tranches } from './tranche';
import { Waterfalls } from './waterfall';

import type { Ledger } from './client/ledger';

/** Every transaction and every query of the contracts as a typed call, by noun. */
export class Nouns {
    readonly additions: Additions;
    readonly audits: Audits;
    readonly deals: Deals;
    readonly holdings: Holdings;
    readonly institutions: Institutions;
    readonly observations: Observations;
    readonly pledges: Pledges;
    readonly reports: Reports;
    readonly settlements: Settlements;
    readonly tapes: Tapes;
    readonly tranches: Tranches;
    readonly waterfalls: Waterfalls;

    constructor(ledger: Ledger) {
        this.deals = new Deals(ledger);
        this.institutions = new Institutions(ledger);
        this.pledges = new Pledges(ledger, this.deals, this.institutions);
        this.audits = new Audits(ledger, this.deals);
        this.tapes = new Tapes(ledger, this.deals, this.audits);
        this.reports = new Reports(ledger, this.deals, this.tapes, this.audits);
        this.additions = new Additions(ledger, this.deals, this.tapes, this.pledges, this.reports);
        this.observations = new Observations(ledger, this.deals, this.tapes);
        this.holdings = new Holdings(ledger, this.institutions);
        this.settlements = new Settlements(ledger, this.institutions);
        this.tranches = new Tranches(ledger, this.institutions);
        this.waterfalls = new Waterfalls(ledger);
    }
}
