import { Command, Option } from 'commander';

import { auditCommand } from './audit';
import { completionCommand } from './completion';
import { dealCommand } from './deal';
import { exitCodes } from './exit-code';
import { holdingCommand } from './holding';
import { identityCommand } from './identity';
import { institutionCommand } from './institution';
import { networkCommand } from './network';
import { outcomeCommand } from './outcome';
import { pledgeCommand } from './pledge';
import { proveCommand } from './prove';
import { reportCommand } from './report';
import { settlementCommand } from './settlement';
import { simulateCommand } from './simulate';
import { tapeCommand } from './tape';
import { trancheCommand } from './tranche';
import { verifyCommand } from './verify';
import { waterfallCommand } from './waterfall';
import { watchCommand } from './watch';

/** The command line `poolproof`. */
export function newProgram(): Command {
    const program = new Command('poolproof')
        .description('the whole life of an asset-backed-securities deal on Hyperledger Fabric')
        .option('--as <desk>', 'desk named in poolproof.json, or in the file POOLPROOF_DESKS names')
        .addOption(new Option('--profile <file>', 'common connection profile, JSON or YAML').env('POOLPROOF_PROFILE'))
        .addOption(new Option('--wallet <folder>', 'wallet folder').env('POOLPROOF_WALLET'))
        .addOption(new Option('--identity <name>', 'name of the identity in the wallet').env('POOLPROOF_IDENTITY'))
        .addOption(new Option('--msp <id>', 'MSP id, with --cert and --key or --pkcs11').env('POOLPROOF_MSP'))
        .addOption(new Option('--cert <file>', 'certificate, PEM').env('POOLPROOF_CERT'))
        .addOption(new Option('--key <file>', 'private key, PEM').env('POOLPROOF_KEY'))
        .addOption(
            new Option('--pkcs11 <library>', 'PKCS#11 library of the device with the key').env('POOLPROOF_PKCS11'),
        )
        .addOption(new Option('--token <label>', "the device's token").env('POOLPROOF_TOKEN'))
        .addOption(new Option('--pin <file>', "file of the token's PIN").env('POOLPROOF_PIN_FILE'))
        .addOption(new Option('--key-id <hex>', 'CKA_ID of the key in the device').env('POOLPROOF_KEY_ID'))
        .addOption(new Option('--channel <name>', 'channel').env('POOLPROOF_CHANNEL'))
        .addOption(new Option('--chaincode <name>', 'chaincode').env('POOLPROOF_CHAINCODE'))
        .option('--json', 'print canonical JSON, for programs')
        .addHelpText('after', exitCodeHelp());
    const commands = [
        institutionCommand(),
        identityCommand(),
        dealCommand(),
        tapeCommand(),
        pledgeCommand(),
        trancheCommand(),
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
        simulateCommand(),
    ];
    commands.forEach(command => program.addCommand(command));
    program.addCommand(completionCommand(program));
    throwing(program);
    return program;
}

/** Errors of usage are thrown as all others are, by every command, so that exit codes are decided in one place. */
function throwing(command: Command): void {
    command.exitOverride();
    command.commands.forEach(throwing);
}

function exitCodeHelp(): string {
    const lines = Object.entries(exitCodes).map(([code, meaning]) => `  ${code}  ${meaning}`);
    return `\nExit codes:\n  0  done\n${lines.join('\n')}`;
}
