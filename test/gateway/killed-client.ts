import { connect } from '@poolproof/gateway';

import type { ConnectOptions } from '@poolproof/gateway';

/** Sends one request by the connection that its parent describes, and lives until it is killed. */
process.once('message', message => {
    const desk = connect(message as ConnectOptions);
    void desk.institutions.join({ requestId: 'join', id: 'regulator', name: 'Regulator', roles: ['regulator'] });
});
