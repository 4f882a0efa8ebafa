import { join } from 'node:path';
import { readFileSync } from 'node:fs';

import { Command } from 'commander';

import { additionCommand } from './addition';
import { auditCommand } from './audit';
import { completionCommand } from './completion';
import { dealCommand } from './deal';
import { exitCodes } from './exit-code';
import { holdingCommand } from './holding';
import { identityCommand } from './identity';
import { institutionCommand } from './institution';
import { networkCommand } from './network';
import { observationCommand } from './observation';
import { offlineCommand } from './offline';
import { outcomeCommand } from './outcome';
import { pledgeCommand } from './pledge';
import { proveCommand } from './prove';
import { recoverCommand } from './recover';
import { reportCommand } from './report';
import { settlementCommand } from './settlement';
import { simulateCommand } from './simulate';
import { tapeCommand } from './tape';
import { trancheCommand } from './tranche';
import { verifyCommand } from './verify';
import { waterfallCommand } from './waterfall';
import { watchCommand } from './watch';
import { withDeskOptions } from './desk';
import { withObserveOptions } from './observe';

/** The command line `poolproof`. */
export function newProgram(): Command {
    const program = withObserveOptions(withDeskOptions(new Command('poolproof')))
        .description('the whole life of an asset-backed-securities deal on Hyperledger Fabric')
        .option('--json', 'print canonical JSON, for programs: one document, amounts in minor units as text')
        .version(version(), '-V', 'print the version')
        .option('--long', 'print lists with all that they hold, not at a glance')
        .addHelpText('after', exitCodeHelp());
    const commands = [
        institutionCommand(),
        identityCommand(),
        dealCommand(),
        tapeCommand(),
        pledgeCommand(),
        trancheCommand(),
        additionCommand(),
        observationCommand(),
        reportCommand(),
        waterfallCommand(),
        holdingCommand(),
        settlementCommand(),
        proveCommand(),
        verifyCommand(),
        auditCommand(),
        networkCommand(),
        watchCommand(),
        outcomeCommand(),
        recoverCommand(),
        offlineCommand(newProgram),
        simulateCommand(),
    ];
    commands.forEach(command => program.addCommand(command));
    program.addCommand(completionCommand(program));
    throwing(program);
    return program;
}

/** As in the package's own description, wherever it is installed. */
function version(): string {
    const text = readFileSync(join(__dirname, '../../package.json'), 'utf8');
    return (JSON.parse(text) as { readonly version: string }).version;
}

/** Errors of usage are thrown as all others are, by every command, so that one place says what is told and the exit code. */
function throwing(command: Command): void {
    command.exitOverride().configureOutput({ outputError: () => undefined });
    command.commands.forEach(throwing);
}

function exitCodeHelp(): string {
    const lines = Object.entries(exitCodes).map(([code, meaning]) => `  ${code}  ${meaning}`);
    return `\nExit codes:\n  0  done\n${lines.join('\n')}`;
}
