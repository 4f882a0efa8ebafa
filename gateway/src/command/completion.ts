import { Command } from 'commander';

import type { Option } from 'commander';

/** Prints a script for the shell; nothing is installed by itself. */
export function completionCommand(program: Command): Command {
    return new Command('completion')
        .description('print a completion script: eval "$(poolproof completion)"')
        .action(() => void process.stdout.write(script(program)));
}

/** Bash, and zsh with bashcompinit: the commands at each place, the options everywhere. */
function script(program: Command): string {
    const nouns = program.commands.map(command => command.name());
    const cases = program.commands.map(
        command =>
            `        ${command.name()}) words="${[...command.commands.map(nameOf), ...optionsIn(command)].join(' ')}" ;;`,
    );
    const options = program.options.map(longOf).join(' ');
    return [
        '_poolproof() {',
        '    local current="${COMP_WORDS[COMP_CWORD]}" noun="" words="" word',
        '    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
        `        case " ${nouns.join(' ')} " in *" $word "*) noun="$word" ;; esac`,
        '    done',
        '    case "$noun" in',
        `        "") words="${nouns.join(' ')}" ;;`,
        ...cases,
        '    esac',
        `    COMPREPLY=($(compgen -W "$words ${options}" -- "$current"))`,
        '}',
        'complete -o default -F _poolproof poolproof',
        '',
    ].join('\n');
}

/** Those of the command and of what stands below it. */
function optionsIn(command: Command): string[] {
    const all = [command, ...command.commands].flatMap(({ options }) => options.map(longOf));
    return [...new Set(all)].sort();
}

function nameOf(command: Command): string {
    return command.name();
}

function longOf(option: Option): string {
    return option.long ?? '';
}
